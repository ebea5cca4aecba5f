# A deterministic run through much of mruby: nothing random, no time, no addresses.
module Shape
  def describe = format("%-9s %8.3f", self.class.to_s, area)
end

Circle = Struct.new(:radius) do
  include Shape
  include Comparable
  def area = Math::PI * radius**2
  def <=>(other) = area <=> other.area
end

Square = Struct.new(:side) do
  include Shape
  include Comparable
  def area = side * side
  def <=>(other) = area <=> other.area
end

shapes = (1..40).map { |i| i % 3 == 0 ? Square.new(i) : Circle.new(i / 2.0) }
puts shapes.sort.reverse.first(5).map(&:describe)
puts shapes.min.describe, shapes.group_by(&:class).map { |type, all| "#{type} #{all.size}" }

class Tree
  include Enumerable
  Node = Struct.new(:key, :left, :right)

  def insert(key)
    @root = put(@root, key)
    self
  end

  def each(&block)
    walk(@root, &block)
  end

  private

  def put(node, key)
    return Node.new(key) unless node
    key < node.key ? node.left = put(node.left, key) : node.right = put(node.right, key)
    node
  end

  def walk(node, &block)
    return unless node
    walk(node.left, &block)
    block.call(node.key)
    walk(node.right, &block)
  end
end

tree = Tree.new
600.times { |i| tree.insert(i * 7919 % 1009) }
puts tree.each_slice(100).map { |keys| keys.inject(:+) }.join(","), tree.select { |key| key % 2 == 0 }.size, tree.include?(500)

words = %w[counter segment image profile reset take value site]
text = (0...2000).map { |i| words[i * i % 8] + (i % 10).to_s }.join(" ")
counts = Hash.new(0)
text.split(" ").each { |word| counts[word.sub("1", "one").upcase] += 1 }
puts counts.sort_by { |word, n| [-n, word] }.first(4).map { |pair| pair.join("=") }.join(" ")
puts text.reverse[0, 60], text.index("value9"), text[/nothing/].inspect rescue puts "no regular expressions"

fibonacci = Fiber.new do
  a, b = 0, 1
  loop { Fiber.yield(a); a, b = b, a + b }
end
puts (1..30).map { fibonacci.resume }.last(3).inspect

def risky(n)
  raise ArgumentError, "odd #{n}" if n % 2 == 1
  throw :done, n if n > 40
  n
ensure
  $ensured = ($ensured || 0) + 1
end

puts catch(:done) { 100.times { |n| begin; risky(n); rescue ArgumentError => e; $last = e.message; end } }
puts $last, $ensured

class Meta
  def method_missing(name, *args)
    name.to_s.end_with?("?") ? args.inject(:+) : super
  end
end
puts (1..50).map { |i| Meta.new.what?(i, i * 2) }.inject(:+)
begin
  Meta.new.missing
rescue NoMethodError => e
  puts e.name
end

numbers = Enumerator.new { |y| 200.times { |i| y << i * i % 97 } }
puts numbers.each_with_index.map { |n, i| n ^ i & 0xff }.partition { |n| n % 2 == 1 }.map(&:size).inspect
puts (1..20).inject { |a, b| a * b % 1_000_007 }, 255.to_s(2), "%x %o %e %+d" % [255, 8, 12345.678, 5]
puts "the end"
