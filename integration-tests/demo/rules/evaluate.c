/* The interpreter of compiled rules. */
#include <math.h>

#include "rules.h"

static const struct value none = {.kind = VALUE_NONE, .integer = 0};

static struct value integer(int64_t number) { return (struct value){.kind = VALUE_INTEGER, .integer = number}; }

static struct value real(double number) {
  return isfinite(number) ? (struct value){.kind = VALUE_REAL, .real = number} : none;
}

static double as_real(struct value value) {
  return value.kind == VALUE_INTEGER ? (double)value.integer : value.real;
}

static bool both_integers(struct value a, struct value b) {
  return a.kind == VALUE_INTEGER && b.kind == VALUE_INTEGER;
}

static bool none_of(struct value a, struct value b) { return a.kind == VALUE_NONE || b.kind == VALUE_NONE; }

static struct value add(struct value a, struct value b) {
  int64_t result;
  if (none_of(a, b)) return none;
  if (both_integers(a, b) && !__builtin_add_overflow(a.integer, b.integer, &result)) return integer(result);
  return real(as_real(a) + as_real(b));
}

static struct value subtract(struct value a, struct value b) {
  int64_t result;
  if (none_of(a, b)) return none;
  if (both_integers(a, b) && !__builtin_sub_overflow(a.integer, b.integer, &result)) return integer(result);
  return real(as_real(a) - as_real(b));
}

static struct value multiply(struct value a, struct value b) {
  int64_t result;
  if (none_of(a, b)) return none;
  if (both_integers(a, b) && !__builtin_mul_overflow(a.integer, b.integer, &result)) return integer(result);
  return real(as_real(a) * as_real(b));
}

static struct value divide(struct value a, struct value b) {
  if (none_of(a, b)) return none;
  if (both_integers(a, b) && b.integer != 0 && b.integer != -1 && a.integer % b.integer == 0) {
    return integer(a.integer / b.integer);
  }
  return real(as_real(a) / as_real(b));
}

static struct value remain(struct value a, struct value b) {
  if (none_of(a, b)) return none;
  if (both_integers(a, b) && b.integer > 0) {
    if (((uint64_t)a.integer | (uint64_t)b.integer) >> 32 == 0) {
      return integer((uint32_t)a.integer % (uint32_t)b.integer);
    }
    return integer(a.integer % b.integer);
  }
  return real(fmod(as_real(a), as_real(b)));
}

/* -1, 0 or 1; 2 when the two cannot be compared. */
static int compare(struct value a, struct value b) {
  if (none_of(a, b)) return 2;
  if (both_integers(a, b)) return (a.integer > b.integer) - (a.integer < b.integer);
  double left = as_real(a), right = as_real(b);
  return (left > right) - (left < right);
}

static struct value truth(int comparison, bool result) { return comparison == 2 ? none : integer(result); }

static bool is_zero(struct value value) {
  return value.kind == VALUE_INTEGER ? value.integer == 0 : value.real == 0.0;
}

struct value rule_evaluate(const struct rule *rule, const struct value variables[RULES_SLOTS]) {
  struct value slots[RULES_SLOTS];
  struct value stack[RULES_STACK];
  int top = 0; /* values on the stack */
  int compared;
  for (int i = 0; i < RULES_SLOTS; i++) slots[i] = variables[i];
  const struct instruction *at = rule->code;
  for (int steps = 0; steps < RULES_STEPS; steps++) {
    const struct instruction *now = at++;
    if (top >= RULES_STACK - 1) return none;
    switch (now->operation) {
      case OP_CONSTANT:
        stack[top++] = now->constant;
        break;
      case OP_LOAD:
        stack[top++] = slots[now->argument];
        break;
      case OP_STORE:
        slots[now->argument] = stack[--top];
        break;
      case OP_NEXT:
        slots[now->argument] = add(slots[now->argument], integer(1));
        break;
      case OP_ADD:
        top--;
        stack[top - 1] = add(stack[top - 1], stack[top]);
        break;
      case OP_SUBTRACT:
        top--;
        stack[top - 1] = subtract(stack[top - 1], stack[top]);
        break;
      case OP_MULTIPLY:
        top--;
        stack[top - 1] = multiply(stack[top - 1], stack[top]);
        break;
      case OP_DIVIDE:
        top--;
        stack[top - 1] = divide(stack[top - 1], stack[top]);
        break;
      case OP_REMAINDER:
        top--;
        stack[top - 1] = remain(stack[top - 1], stack[top]);
        break;
      case OP_NEGATE:
        stack[top - 1] = subtract(integer(0), stack[top - 1]);
        break;
      case OP_NOT:
        if (stack[top - 1].kind != VALUE_NONE) stack[top - 1] = integer(is_zero(stack[top - 1]));
        break;
      case OP_EQUAL:
        top--;
        compared = compare(stack[top - 1], stack[top]);
        stack[top - 1] = truth(compared, compared == 0);
        break;
      case OP_UNEQUAL:
        top--;
        compared = compare(stack[top - 1], stack[top]);
        stack[top - 1] = truth(compared, compared != 0);
        break;
      case OP_LESS:
        top--;
        compared = compare(stack[top - 1], stack[top]);
        stack[top - 1] = truth(compared, compared == (now->argument ? 1 : -1));
        break;
      case OP_LESS_EQUAL:
        top--;
        compared = compare(stack[top - 1], stack[top]);
        stack[top - 1] = truth(compared, compared != (now->argument ? -1 : 1));
        break;
      case OP_JUMP:
        at = rule->code + now->argument;
        break;
      case OP_JUMP_IF_ZERO:
        if (stack[--top].kind == VALUE_NONE) return none;
        if (is_zero(stack[top])) at = rule->code + now->argument;
        break;
      case OP_JUMP_IF_GREATER:
        top -= 2;
        compared = compare(stack[top], stack[top + 1]);
        if (compared == 2) return none;
        if (compared == 1) at = rule->code + now->argument;
        break;
      case OP_CALL:
        top -= rules_builtins[now->argument].arguments;
        stack[top] = rules_builtins[now->argument].call(&stack[top]);
        top++;
        break;
      case OP_RETURN:
        return stack[top - 1];
    }
  }
  return none;
}

static struct value builtin_abs(const struct value *argument) {
  return compare(argument[0], integer(0)) == -1 ? subtract(integer(0), argument[0]) : argument[0];
}

static struct value builtin_min(const struct value *argument) {
  int compared = compare(argument[0], argument[1]);
  return compared == 2 ? none : argument[compared == 1];
}

static struct value builtin_max(const struct value *argument) {
  int compared = compare(argument[0], argument[1]);
  return compared == 2 ? none : argument[compared == -1];
}

static struct value builtin_clamp(const struct value *argument) {
  struct value floor[2] = {argument[0], argument[1]};
  struct value ceiling[2] = {builtin_max(floor), argument[2]};
  return builtin_min(ceiling);
}

static struct value builtin_floor(const struct value *argument) {
  if (argument[0].kind != VALUE_REAL) return argument[0];
  double result = floor(argument[0].real);
  return fabs(result) < 9e18 ? integer((int64_t)result) : argument[0];
}

static struct value builtin_sqrt(const struct value *argument) {
  return argument[0].kind == VALUE_NONE ? none : real(sqrt(as_real(argument[0])));
}

const struct builtin rules_builtins[] = {
    {"abs", 1, builtin_abs},     {"min", 2, builtin_min},     {"max", 2, builtin_max},
    {"clamp", 3, builtin_clamp}, {"floor", 1, builtin_floor}, {"sqrt", 1, builtin_sqrt},
};
const int rules_builtins_count = sizeof rules_builtins / sizeof *rules_builtins;
