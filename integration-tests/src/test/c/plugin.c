/* A shared library that is opened and closed: calls through pointers, to three functions in turn. */
typedef long operation(long);

static long first(long x) { return x + 1; }
static long second(long x) { return x ^ 3; }
static long third(long x) { return x - 2; }

static operation *const volatile operations[] = {first, second, third};

__attribute__((visibility("default"))) long plugin_run(long times) {
  long x = BUILD;
  for (long i = 0; i < times; i++) x = operations[i % 3](x);
  return x;
}
