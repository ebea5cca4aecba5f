// Virtual calls, whose vtables are observed.
struct Base {
  virtual int next(int x) { return x; }
};
struct First : Base {
  int next(int x) override { return x + 1; }
};
struct Second : Base {
  int next(int x) override { return x + 2; }
};

__attribute__((noinline)) int call(Base *object, int x) {
  return object->next(x);
}

#ifdef MOVED
__attribute__((used, section(".data.rel.ro.before"))) static char before_vtables[65536] = {1};
#endif

int main() {
  Base base;
  First first;
  Second second;
  Base *const objects[] = {&base, &first, &second};
  int sum = 0;
  for (int i = 0; i < 100; i++) {
    sum += call(objects[i % 7 % 3], i);
  }
  return sum == 0;
}
