// Virtual calls through several vtables.
#include <cstdio>

struct Shape {
  virtual ~Shape() {}
  virtual int area(int size) const { return size; }
};

struct Square : Shape {
  int area(int size) const override { return size * size; }
};

struct Bar : Shape {
  int area(int size) const override { return size > 5 ? 2 * size : size; }
};

int main(int argc, char **argv) {
  Shape shape;
  Square square;
  Bar bar;
  Shape *all[] = {&shape, &square, &bar};
  int sum = 0;
  for (int i = 0; i < 100 * argc; i++) sum += all[i % 7 % 3]->area(i);
  std::printf("%d\n", sum);
  return argv[0] == 0;
}
