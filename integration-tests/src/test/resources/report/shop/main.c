// A shop: calls through pointers, sizes of memory, code that is frequent, rare or never runs, in files of directories.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int take(int number);
int weigh(int number);

char stock[256];

static __attribute__((noinline)) void fill(int size) {
  char order[256];
  memset(order, 'x', size);
  memcpy(stock, order, size);
}

static __attribute__((noinline)) int complain(int number) {
  return number * 3;
}

// Names are what a program likes.
int attack(int number) __asm__("</script><script>document.title='attacked'</script><!--");
__attribute__((noinline)) int attack(int number) {
  return number + 1;
}

int main(int count, char **arguments) {
  int orders = count > 1 ? atoi(arguments[1]) : 1000;
  int (*const ways[])(int) = {take, weigh, take, take};
  volatile int sum = 0;
  for (int i = 0; i < orders; i++) {
    sum += ways[i & 3](i);
    fill(i & 1 ? 8 : 24);
    if (sum == 12345678) sum += complain(i);
  }
  if (count > 2) sum += attack(orders);
  return 0;
}
