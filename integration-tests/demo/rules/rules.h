/*
 * Rules: expressions that are compiled once and evaluated for many requests, for example
 *
 *   base + sum(i, 1, items, if i % 3 = 0 then weight * 2 else max(weight, i)) * zone
 *
 * Numbers are 64-bit integers until they overflow or a real number comes in.
 */
#ifndef RULES_H
#define RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULES_SLOTS 16   /* variables of a rule, loop variables included */
#define RULES_STACK 64   /* values */
#define RULES_CODE 512   /* instructions of a rule */
#define RULES_STEPS 1000000 /* instructions that one evaluation may execute */

enum value_kind { VALUE_NONE, VALUE_INTEGER, VALUE_REAL };

struct value {
  enum value_kind kind; /* VALUE_NONE: an error, or a variable that was not set */
  union {
    int64_t integer;
    double real;
  };
};

/* A piece of a request; not terminated. */
struct text {
  const char *start;
  size_t size;
};

enum operation {
  OP_CONSTANT, OP_LOAD, OP_STORE, OP_NEXT, OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, OP_REMAINDER, OP_NEGATE,
  OP_EQUAL, OP_UNEQUAL, OP_LESS, OP_LESS_EQUAL, OP_NOT, OP_JUMP, OP_JUMP_IF_ZERO, OP_JUMP_IF_GREATER, OP_CALL, OP_RETURN
};

struct instruction {
  enum operation operation;
  int32_t argument; /* a slot, the place to jump to, or a builtin */
  struct value constant;
};

struct rule {
  struct rule *next; /* in its bucket */
  char name[32];
  char variable[RULES_SLOTS][32];
  int variables;
  int size;
  struct instruction code[RULES_CODE];
};

struct builtin {
  const char *name;
  int arguments;
  struct value (*call)(const struct value *arguments);
};

extern const struct builtin rules_builtins[];
extern const int rules_builtins_count;

/* Compiles text into *rule. Returns 0, or what is wrong with the text. */
const char *rule_compile(struct rule *rule, struct text text);

/* Evaluates a rule whose variables are set. Returns a value of kind VALUE_NONE when it has none. */
struct value rule_evaluate(const struct rule *rule, const struct value variables[RULES_SLOTS]);

/* The slot of a variable, or -1. */
int rule_variable(const struct rule *rule, struct text name);

/* The rules by name. rules_put takes the rule over and replaces an older one of its name. */
void rules_put(struct rule *rule);
struct rule *rules_find(struct text name);
bool rules_remove(struct text name);
void rules_each(void (*visit)(const struct rule *rule, void *context), void *context);

/* Numbers as requests and answers have them. */
bool value_parse(struct text text, struct value *value);
size_t value_format(struct value value, char *out, size_t size);

#endif
