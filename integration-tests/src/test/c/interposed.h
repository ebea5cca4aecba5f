// What a program and its library both have: inline functions, instances of a template, weak functions and vtables. The
// dynamic linker takes those of the program for both.
#ifndef INTERPOSED_H
#define INTERPOSED_H

struct Shape {
  virtual ~Shape() {}
  virtual int area(int) { return 1; }
};

struct Square : Shape {
  __attribute__((noinline)) int area(int a) override { return a * a; }
};

struct Round : Shape {
  __attribute__((noinline)) int area(int a) override { return 3 * a * a; }
};

typedef int (*Function)(int);

inline __attribute__((noinline)) int twice(int a) { return 2 * a; }
inline __attribute__((noinline)) int half(int a) { return a / 2; }
template <int N> __attribute__((noinline)) int plus(int a) { return a + N; }
extern "C" __attribute__((weak, noinline)) int hook(int a) { return a + 100; }

static __attribute__((noinline)) int work(int rounds) {
  static const Function functions[] = {twice, half, plus<1>, plus<2>, hook};
  int sum = 0;
  for (int i = 0; i < rounds; i++) {
    Function volatile function = functions[i % 5];
    Shape *volatile shape = i % 2 ? (Shape *)new Square : (Shape *)new Round;
    sum += function(i) + shape->area(i);
    delete shape;
  }
  return sum;
}

extern "C" int in_library(int rounds);

#endif
