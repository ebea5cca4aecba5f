// What C++ has and C has not: virtual calls through several kinds of base, templates, pointers to members, algorithms that
// are inlined or not; exceptions and std::function in functions.cc. Deterministic; prints a checksum.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

long functions(long sum);  // functions.cc

namespace {

struct Shape {
  virtual ~Shape() = default;
  virtual long area() const = 0;
  virtual std::string name() const { return "shape"; }
};

struct Named {
  virtual ~Named() = default;
  virtual char initial() const { return '?'; }
};

struct Square : Shape, Named {
  explicit Square(long side) : side(side) {}
  long area() const override { return side * side; }
  std::string name() const override { return "square"; }
  char initial() const override { return 's'; }
  long side;
};

struct Rectangle : Square {
  Rectangle(long side, long other) : Square(side), other(other) {}
  long area() const override { return side * other; }
  std::string name() const override { return "rectangle with " + std::to_string(other % 10); }
  char initial() const override { return 'r'; }
  long other;
};

struct Counter {
  virtual ~Counter() = default;
  virtual long next() { return ++count; }
  long count = 0;
};

struct Left : virtual Counter {};
struct Right : virtual Counter {
  long next() override { return count += 2; }
};
struct Both : Left, Right {};

template <typename Key, typename Value>
class Table {
 public:
  Value &operator[](const Key &key) {
    auto at = std::lower_bound(entries.begin(), entries.end(), key,
                               [](const auto &entry, const Key &other) { return entry.first < other; });
    if (at == entries.end() || key < at->first) at = entries.insert(at, {key, Value()});
    return at->second;
  }

  template <typename Function>
  Value fold(Value value, Function function) const {
    for (const auto &entry : entries) value = function(value, entry.second);
    return value;
  }

 private:
  std::vector<std::pair<Key, Value>> entries;
};

class Machine {
 public:
  long run(const std::string &program) {
    long value = 1;
    for (char letter : program) value = (this->*operation(letter))(value) % 1000003;
    return value;
  }

 private:
  using Operation = long (Machine::*)(long);
  long twice(long value) { return 2 * value; }
  long plus(long value) { return value + ++steps; }
  long none(long value) { return value; }

  Operation operation(char letter) {
    return letter == 't' ? &Machine::twice : letter == 'p' ? &Machine::plus : &Machine::none;
  }

  long steps = 0;
};

__attribute__((noinline)) long total(const std::vector<std::unique_ptr<Shape>> &shapes) {
  long sum = 0;
  for (const auto &shape : shapes) sum += shape->area() + static_cast<long>(shape->name().size());
  return sum;
}

__attribute__((noinline)) long advance(Counter &counter, int times) {
  for (int i = 1; i < times; i++) counter.next();
  return counter.next();
}

}  // namespace

int main() {
  std::vector<std::unique_ptr<Shape>> shapes;
  for (long i = 0; i < 300; i++) {
    if (i % 3 == 0) {
      shapes.push_back(std::make_unique<Rectangle>(i, i % 17));
    } else {
      shapes.push_back(std::make_unique<Square>(i % 23));
    }
  }
  long sum = total(shapes);
  for (const auto &shape : shapes) sum += dynamic_cast<Named &>(*shape).initial();

  Left left;
  Right right;
  Both both;
  for (Counter *counter : {static_cast<Counter *>(&left), static_cast<Counter *>(&right), static_cast<Counter *>(&both)})
    sum += advance(*counter, 50);

  sum += functions(sum);

  Table<std::string, long> words;
  for (long i = 0; i < 500; i++) words["word" + std::to_string(i * i % 61)] += i;
  sum += words.fold(0, std::plus<>());

  Table<long, long> numbers;
  for (long i = 0; i < 500; i++) numbers[i * 31 % 89] ^= i;
  sum += numbers.fold(0, [](long a, long b) { return a ^ b; });

  std::map<int, std::string> tree;
  for (int i = 0; i < 200; i++) tree[i * 7 % 101].append(static_cast<size_t>(i % 40), 'x');
  for (const auto &entry : tree) sum += static_cast<long>(entry.second.size()) * entry.first;

  std::vector<long> order(1000);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [](long a, long b) { return a * 7919 % 1009 < b * 7919 % 1009; });
  std::partition(order.begin(), order.end(), [](long a) { return a % 3 == 1; });
  for (size_t i = 0; i < order.size(); i++) sum += static_cast<long>(i) * order[i];

  Machine machine;
  sum += machine.run("tptptnnptptpttpn") + machine.run(std::string(100, 'p'));
  std::printf("%ld\n", sum);
  return 0;
}
