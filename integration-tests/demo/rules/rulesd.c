/*
 * A server that keeps rules and evaluates them: rulesd SOCKET RULES-FILE
 *
 * It never ends by itself. Requests and answers are lines on a Unix socket:
 *   eval NAME VARIABLE=NUMBER...   the rule's value
 *   calc EXPRESSION                the expression's value
 *   rule NAME EXPRESSION           adds or replaces a rule
 *   drop NAME                      removes one
 *   list                           the names of all rules, one answer
 *   stats                          evaluations, failures, and the processor time used, in microseconds
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "rules.h"

#define CLIENTS 16
#define BUFFER 65536 /* bytes; also the longest request */
#define ANSWER 4096  /* bytes of the longest answer */

struct client {
  int socket; /* -1: free */
  size_t filled;
  size_t answered;
  char in[BUFFER];
  char out[BUFFER];
};

struct command {
  const char *name;
  void (*run)(struct client *client, struct text arguments);
};

static struct client clients[CLIENTS];
static uint64_t evaluations, failures;

static void flush(struct client *client) {
  for (size_t done = 0; done < client->answered;) {
    ssize_t sent = send(client->socket, client->out + done, client->answered - done, MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) break;
    if (sent > 0) done += (size_t)sent;
  }
  client->answered = 0;
}

static char *answer_room(struct client *client) {
  if (client->answered + ANSWER > BUFFER) flush(client);
  return client->out + client->answered;
}

static void answer(struct client *client, const char *line) {
  client->answered += (size_t)snprintf(answer_room(client), ANSWER, "%.*s\n", ANSWER - 2, line);
}

static void answer_value(struct client *client, struct value value) {
  char *room = answer_room(client);
  size_t size = value_format(value, room, ANSWER - 1);
  room[size] = '\n';
  client->answered += size + 1;
}

static struct text next_word(struct text *rest, char end) {
  while (rest->size > 0 && *rest->start == ' ') {
    rest->start++;
    rest->size--;
  }
  struct text word = {rest->start, 0};
  while (word.size < rest->size && word.start[word.size] != ' ' && word.start[word.size] != end) word.size++;
  size_t skipped = word.size + (word.size < rest->size);
  rest->start += skipped;
  rest->size -= skipped;
  return word;
}

static void run_eval(struct client *client, struct text arguments) {
  evaluations++;
  struct rule *rule = rules_find(next_word(&arguments, ' '));
  if (!rule) {
    failures++;
    answer(client, "error: there is no such rule");
    return;
  }
  struct value variables[RULES_SLOTS] = {{.kind = VALUE_NONE, .integer = 0}};
  while (arguments.size > 0) {
    struct text name = next_word(&arguments, '=');
    int slot = rule_variable(rule, name);
    struct value value;
    if (!value_parse(next_word(&arguments, ' '), &value)) {
      failures++;
      answer(client, "error: a number is not one");
      return;
    }
    if (slot >= 0) variables[slot] = value;
  }
  struct value result = rule_evaluate(rule, variables);
  if (result.kind == VALUE_NONE) failures++;
  answer_value(client, result);
}

static void run_calc(struct client *client, struct text arguments) {
  static struct rule scratch;
  static const struct value variables[RULES_SLOTS];
  scratch.variables = scratch.size = 0;
  evaluations++;
  const char *error = rule_compile(&scratch, arguments);
  if (error) {
    failures++;
    answer(client, error);
  } else {
    answer_value(client, rule_evaluate(&scratch, variables));
  }
}

static const char *define(struct text name, struct text expression) {
  struct rule *rule = calloc(1, sizeof *rule);
  const char *error = 0;
  if (!rule) {
    error = "out of memory";
  } else if (name.size == 0 || name.size >= sizeof rule->name) {
    error = "a rule's name has 1 to 31 characters";
  } else {
    memcpy(rule->name, name.start, name.size);
    error = rule_compile(rule, expression);
  }
  if (error) {
    free(rule);
  } else {
    rules_put(rule);
  }
  return error;
}

static void run_rule(struct client *client, struct text arguments) {
  struct text name = next_word(&arguments, ' ');
  const char *error = define(name, arguments);
  answer(client, error ? error : "ok");
}

static void run_drop(struct client *client, struct text arguments) {
  answer(client, rules_remove(next_word(&arguments, ' ')) ? "ok" : "error: there is no such rule");
}

static void append_name(const struct rule *rule, void *context) {
  char *names = context;
  size_t used = strlen(names);
  snprintf(names + used, ANSWER - used, "%s ", rule->name);
}

static void run_list(struct client *client, struct text arguments) {
  (void)arguments;
  char names[ANSWER] = "";
  rules_each(append_name, names);
  answer(client, names);
}

static void run_stats(struct client *client, struct text arguments) {
  (void)arguments;
  struct timespec used;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  char line[128];
  snprintf(line, sizeof line, "%llu %llu %lld", (unsigned long long)evaluations, (unsigned long long)failures,
           (long long)used.tv_sec * 1000000 + used.tv_nsec / 1000);
  answer(client, line);
}

static const struct command commands[] = {
    {"rule", run_rule}, {"drop", run_drop}, {"list", run_list}, {"stats", run_stats}, {"eval", run_eval}, {"calc", run_calc},
};

static void serve_line(struct client *client, struct text line) {
  struct text name = next_word(&line, ' ');
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (strlen(commands[i].name) == name.size && memcmp(commands[i].name, name.start, name.size) == 0) {
      commands[i].run(client, line);
      return;
    }
  }
  answer(client, "error: no such command");
}

static void hang_up(struct client *client) {
  close(client->socket);
  *client = (struct client){.socket = -1};
}

static void serve(struct client *client) {
  ssize_t got = recv(client->socket, client->in + client->filled, BUFFER - client->filled, 0);
  if (got <= 0) {
    hang_up(client);
    return;
  }
  client->filled += (size_t)got;
  char *start = client->in, *end = client->in + client->filled, *newline;
  while ((newline = memchr(start, '\n', (size_t)(end - start)))) {
    serve_line(client, (struct text){start, (size_t)(newline - start)});
    start = newline + 1;
  }
  client->filled = (size_t)(end - start);
  memmove(client->in, start, client->filled);
  flush(client);
  if (client->filled == BUFFER) hang_up(client);
}

static void greet(int listener) {
  int socket = accept(listener, 0, 0);
  for (int i = 0; socket >= 0 && i < CLIENTS; i++) {
    if (clients[i].socket < 0) {
      clients[i].socket = socket;
      return;
    }
  }
  if (socket >= 0) close(socket);
}

static _Noreturn void die(const char *what) {
  fprintf(stderr, "rulesd: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void load_rules(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) die(path);
  char line[ANSWER];
  while (fgets(line, sizeof line, file)) {
    struct text rest = {line, strcspn(line, "\n")};
    if (rest.size == 0 || line[0] == '#') continue;
    struct text name = next_word(&rest, ' ');
    const char *error = define(name, rest);
    if (error) {
      fprintf(stderr, "rulesd: %s: rule %.*s: %s\n", path, (int)name.size, name.start, error);
      exit(1);
    }
  }
  fclose(file);
}

static int listen_at(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    die(path);
  }
  strcpy(address.sun_path, path);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, CLIENTS)) die(path);
  return listener;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: rulesd SOCKET RULES-FILE\n");
    return 2;
  }
  load_rules(argv[2]);
  for (int i = 0; i < CLIENTS; i++) clients[i].socket = -1;
  struct pollfd polled[CLIENTS + 1] = {{.fd = listen_at(argv[1]), .events = POLLIN}};
  for (;;) {
    for (int i = 0; i < CLIENTS; i++) polled[i + 1] = (struct pollfd){.fd = clients[i].socket, .events = POLLIN};
    if (poll(polled, CLIENTS + 1, -1) < 0 && errno != EINTR) die("poll");
    for (int i = 0; i < CLIENTS; i++) {
      if (polled[i + 1].revents) serve(&clients[i]);
    }
    if (polled[0].revents) greet(polled[0].fd);
  }
}
