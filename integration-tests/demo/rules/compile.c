/* The compiler of rules: recursive descent, straight to instructions. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

struct parser {
  struct rule *rule;
  const char *at;
  const char *end;
  const char *error;
};

static void expression(struct parser *p);

static void fail(struct parser *p, const char *error) {
  if (!p->error) p->error = error;
}

static int emit(struct parser *p, enum operation operation, int32_t argument) {
  struct rule *rule = p->rule;
  if (rule->size == RULES_CODE) {
    fail(p, "the rule is too long");
    return 0;
  }
  rule->code[rule->size] = (struct instruction){.operation = operation, .argument = argument};
  return rule->size++;
}

static void land(struct parser *p, int jump) { p->rule->code[jump].argument = p->rule->size; }

/* The next character, 0 at the end. */
static char peek(const struct parser *p) { return p->at < p->end ? *p->at : 0; }

static bool in_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

static void skip_blanks(struct parser *p) {
  while (peek(p) == ' ' || peek(p) == '\t') p->at++;
}

static bool accept(struct parser *p, const char *token) {
  size_t size = strlen(token);
  skip_blanks(p);
  if ((size_t)(p->end - p->at) < size || memcmp(p->at, token, size) != 0) return false;
  p->at += size;
  if (!in_word(token[0]) || !in_word(peek(p))) return true;
  p->at -= size; /* a longer word */
  return false;
}

static void expect(struct parser *p, const char *token, const char *error) {
  if (!accept(p, token)) fail(p, error);
}

static struct text word(struct parser *p) {
  skip_blanks(p);
  const char *start = p->at;
  while (in_word(peek(p))) p->at++;
  return (struct text){start, (size_t)(p->at - start)};
}

static int variable(struct parser *p, struct text name) {
  struct rule *rule = p->rule;
  int slot = rule_variable(rule, name);
  if (slot >= 0) return slot;
  if (rule->variables == RULES_SLOTS || name.size == 0 || name.size >= sizeof rule->variable[0]) {
    fail(p, "too many variables, or a name that is too long or missing");
    return 0;
  }
  memcpy(rule->variable[rule->variables], name.start, name.size);
  return rule->variables++;
}

/* sum(VARIABLE, FROM, TO, BODY): the total stays on the stack. */
static void sum(struct parser *p) {
  int slot = variable(p, word(p));
  expect(p, ",", "sum() wants a comma");
  emit(p, OP_CONSTANT, 0);
  p->rule->code[p->rule->size - 1].constant = (struct value){.kind = VALUE_INTEGER, .integer = 0};
  expression(p);
  emit(p, OP_STORE, slot);
  expect(p, ",", "sum() wants a comma");
  int top = p->rule->size;
  emit(p, OP_LOAD, slot);
  expression(p);
  int leave = emit(p, OP_JUMP_IF_GREATER, 0);
  expect(p, ",", "sum() wants a comma");
  expression(p);
  emit(p, OP_ADD, 0);
  emit(p, OP_NEXT, slot);
  emit(p, OP_JUMP, top);
  land(p, leave);
  expect(p, ")", "sum() is not closed");
}

static void call(struct parser *p, struct text name) {
  for (int i = 0; i < rules_builtins_count; i++) {
    const struct builtin *builtin = &rules_builtins[i];
    if (strlen(builtin->name) != name.size || memcmp(builtin->name, name.start, name.size) != 0) continue;
    for (int argument = 0; argument < builtin->arguments; argument++) {
      if (argument > 0) expect(p, ",", "a function lacks arguments");
      expression(p);
    }
    expect(p, ")", "a function has too many arguments");
    emit(p, OP_CALL, i);
    return;
  }
  fail(p, "there is no such function");
}

static void condition(struct parser *p) {
  expression(p);
  int otherwise = emit(p, OP_JUMP_IF_ZERO, 0);
  expect(p, "then", "if without then");
  expression(p);
  int end = emit(p, OP_JUMP, 0);
  land(p, otherwise);
  expect(p, "else", "if without else");
  expression(p);
  land(p, end);
}

static void number(struct parser *p) {
  const char *start = p->at;
  while (isdigit((unsigned char)peek(p)) || peek(p) == '.') p->at++;
  int place = emit(p, OP_CONSTANT, 0);
  if (!value_parse((struct text){start, (size_t)(p->at - start)}, &p->rule->code[place].constant)) {
    fail(p, "a number is not one");
  }
}

static void primary(struct parser *p) {
  if (accept(p, "(")) {
    expression(p);
    expect(p, ")", "a parenthesis is not closed");
  } else if (accept(p, "-")) {
    primary(p);
    emit(p, OP_NEGATE, 0);
  } else if (accept(p, "not")) {
    primary(p);
    emit(p, OP_NOT, 0);
  } else if (accept(p, "if")) {
    condition(p);
  } else if (isdigit((unsigned char)peek(p))) {
    number(p);
  } else {
    struct text name = word(p);
    if (!accept(p, "(")) {
      emit(p, OP_LOAD, variable(p, name));
    } else if (name.size == 3 && memcmp(name.start, "sum", 3) == 0) {
      sum(p);
    } else {
      call(p, name);
    }
  }
}

struct infix {
  const char *token;
  enum operation operation;
  bool swapped; /* a > b is b < a */
};

static void level(struct parser *p, int depth) {
  static const struct infix levels[][6] = {
      {{"<=", OP_LESS_EQUAL, false}, {">=", OP_LESS_EQUAL, true}, {"!=", OP_UNEQUAL, false}, {"=", OP_EQUAL, false},
       {"<", OP_LESS, false}, {">", OP_LESS, true}},
      {{"+", OP_ADD, false}, {"-", OP_SUBTRACT, false}},
      {{"*", OP_MULTIPLY, false}, {"/", OP_DIVIDE, false}, {"%", OP_REMAINDER, false}},
  };
  if (depth == 3) {
    primary(p);
    return;
  }
  level(p, depth + 1);
  for (int i = 0; !p->error && i < 6 && levels[depth][i].token;) {
    const struct infix *infix = &levels[depth][i++];
    if (!accept(p, infix->token)) continue;
    level(p, depth + 1);
    emit(p, infix->operation, infix->swapped);
    i = 0;
  }
}

static void expression(struct parser *p) {
  if (!p->error) level(p, 0);
}

const char *rule_compile(struct rule *rule, struct text text) {
  struct parser p = {.rule = rule, .at = text.start, .end = text.start + text.size};
  expression(&p);
  skip_blanks(&p);
  if (p.at < p.end) fail(&p, "there is something behind the end of the rule");
  emit(&p, OP_RETURN, 0);
  return p.error;
}
