static __attribute__((noinline)) int search(int number) {
  int steps = 0;
  while (number > 1 && steps < 4) {
    number = number & 1 ? 3 * number + 1 : number / 2;
    steps++;
  }
  return steps;
}

__attribute__((noinline)) int take(int number) { return search(number); }

static __attribute__((noinline)) int look(int number) { return number & 7 ? number : search(number / 8); }

__attribute__((noinline)) int weigh(int number) { return look(number) + 1; }

__attribute__((noinline)) int unused(int number) { return look(search(number)); }
