-- What Lua does: tables, strings, closures, coroutines, errors, garbage; then it waits for more.
local function map(list, f)
  local result = {}
  for i, v in ipairs(list) do result[i] = f(v) end
  return result
end

local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):rep(50, " "):gmatch("%a+") do words[#words + 1] = word end
table.sort(words, function(a, b) return a < b end)
local counts = {}
for _, word in ipairs(words) do counts[word] = (counts[word] or 0) + 1 end

local generator = coroutine.wrap(function() for i = 1, 300 do coroutine.yield(i * i % 17) end end)
local sum = 0
for i = 1, 300 do sum = sum + generator() end

local account = setmetatable({}, {__index = function(_, key) return #key end, __add = function(a, b) return 1 end})
for i = 1, 100 do sum = sum + account["key" .. i] end

for i = 1, 50 do
  local ok, message = pcall(function() if i % 3 == 0 then error("odd") end return i // 2 end)
  sum = sum + (ok and message or 1)
end
local text = table.concat(map(words, string.upper), ","):gsub("[AEIOU]", "."):sub(-20)
for i = 1, 200 do local garbage = {i, {i}, tostring(i)} end
collectgarbage()
print(counts.the, sum, text, math.floor(2.5), string.format("%5.2f %d %s", 1 / 3, 42, "text"))
print("the end")
io.stdout:flush()

-- What is done for each further line.
local lines = 0
while io.read("l") do
  lines = lines + 1
  for i = 1, 200 do
    table.insert(words, string.format("%d", i * 31 % 77))
    sum = sum + #words[#words]:rep(i % 5)
  end
  table.sort(words)
  print("more " .. lines)
  io.stdout:flush()
end
