// Exceptions, and lambdas and functions behind std::function. A part of shapes.cc of its own, because clang takes what
// std::function calls for vtables, which they are not.
#include <functional>
#include <stdexcept>
#include <vector>

namespace {

struct Refused : std::runtime_error {
  explicit Refused(long what) : std::runtime_error("refused"), what_was(what) {}
  long what_was;
};

__attribute__((noinline)) long checked(long value) {
  if (value % 7 == 3) throw Refused(value);
  if (value % 11 == 5) throw value;
  return value;
}

long tolerant(long value) {
  try {
    return checked(value);
  } catch (const Refused &refused) {
    return refused.what_was / 2;
  } catch (long other) {
    return -other;
  }
}

}  // namespace

long functions(long sum) {
  std::vector<std::function<long(long)>> functions = {
      [](long x) { return x + 1; },
      [&sum](long x) { return x ^ (sum & 15); },
      tolerant,
      [offset = 5L](long x) { return x - offset; },
  };
  for (long i = 0; i < 1000; i++) sum += functions[static_cast<size_t>(i * i % 7 % 4)](i);
  return sum;
}
