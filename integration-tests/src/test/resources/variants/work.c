/* What is instrumented: every outcome depends on the number alone. */
#include "work.h"

static int conditions(int number) {
  int a = number & 1, b = number & 2, c = number & 4;
  if ((a && b) || c) {
    return 1;
  }
  return b || (a && !c) ? 2 : 3;
}

static __attribute__((noinline)) int loop(int number) {
  int sum = 0;
  for (int i = 0; i < number; i++) {
    sum += i % 3 == 0 ? i : -conditions(i);
  }
  return sum;
}

static __attribute__((noinline)) int even(int number) {
  return number / 2;
}

static __attribute__((noinline)) int odd(int number) {
  int steps = 0;
  do {
    number = number % 2 == 0 ? number / 2 : 3 * number + 1;
    steps++;
  } while (number != 1 && steps < 50);
  return steps;
}

int never(int number) {
  return number == 0 ? 1 : loop(number);
}

int work(int number) {
  int result = number % 2 == 0 ? even(number) : odd(number);
  switch (number % 5) {
    case 0:
      return result + loop(number);
    case 1:
      return result - 1;
    default:
      return result ^ conditions(number);
  }
}
