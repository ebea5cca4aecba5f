/* The rules by name, and numbers as text. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

#define BUCKETS 1024

static struct rule *buckets[BUCKETS];

static bool is_named(const char *name, struct text text) {
  return strncmp(name, text.start, text.size) == 0 && name[text.size] == 0;
}

static struct rule **place(struct text name) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < name.size; i++) hash = (hash ^ (unsigned char)name.start[i]) * 16777619u;
  struct rule **link = &buckets[hash % BUCKETS];
  while (*link && !is_named((*link)->name, name)) link = &(*link)->next;
  return link;
}

struct rule *rules_find(struct text name) { return *place(name); }

bool rules_remove(struct text name) {
  struct rule **link = place(name);
  struct rule *rule = *link;
  if (!rule) return false;
  *link = rule->next;
  free(rule);
  return true;
}

void rules_put(struct rule *rule) {
  struct text name = {rule->name, strlen(rule->name)};
  rules_remove(name);
  struct rule **link = place(name);
  rule->next = *link;
  *link = rule;
}

void rules_each(void (*visit)(const struct rule *rule, void *context), void *context) {
  for (int i = 0; i < BUCKETS; i++) {
    for (const struct rule *rule = buckets[i]; rule; rule = rule->next) visit(rule, context);
  }
}

int rule_variable(const struct rule *rule, struct text name) {
  for (int i = 0; i < rule->variables; i++) {
    if (name.size < sizeof rule->variable[i] && is_named(rule->variable[i], name)) return i;
  }
  return -1;
}

static bool real_parse(struct text text, struct value *value) {
  char copy[64];
  if (text.size >= sizeof copy) return false;
  memcpy(copy, text.start, text.size);
  copy[text.size] = 0;
  char *end;
  *value = (struct value){.kind = VALUE_REAL, .real = strtod(copy, &end)};
  return end == copy + text.size && text.size > 0 && isfinite(value->real);
}

bool value_parse(struct text text, struct value *value) {
  int64_t number = 0;
  bool negative = text.size > 1 && text.start[0] == '-';
  for (size_t i = negative; i < text.size; i++) {
    unsigned digit = (unsigned)(text.start[i] - '0');
    if (digit > 9 || __builtin_mul_overflow(number, 10, &number) ||
        __builtin_add_overflow(number, (int64_t)digit, &number)) {
      return real_parse(text, value);
    }
  }
  *value = (struct value){.kind = VALUE_INTEGER, .integer = negative ? -number : number};
  return text.size > 0;
}

size_t value_format(struct value value, char *out, size_t size) {
  int written;
  switch (value.kind) {
    case VALUE_INTEGER:
      written = snprintf(out, size, "%lld", (long long)value.integer);
      break;
    case VALUE_REAL:
      written = snprintf(out, size, "%.15g", value.real);
      break;
    default:
      written = snprintf(out, size, "error: no value");
  }
  return (size_t)written;
}
