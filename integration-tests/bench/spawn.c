/*
 * spawn ROUNDS COMMAND... [-- COMMAND...]...: the time from the start to the end of commands, in turns. A COMMAND is a
 * program and its arguments; words in front of it with a = are its environment. Prints, for each, the median of the time
 * in us.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { MOST = 16 };

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static double run(char **words) {
  char *environment[MOST] = {"LC_ALL=C"};
  size_t variables = 1;
  while (strchr(*words, '=') != NULL && variables < MOST - 1) environment[variables++] = *words++;
  pid_t pid;
  int status;
  double begin = now();
  if (posix_spawn(&pid, words[0], NULL, NULL, words, environment) != 0 || waitpid(pid, &status, 0) != pid || status != 0) {
    fprintf(stderr, "spawn: %s failed\n", words[0]);
    exit(1);
  }
  return now() - begin;
}

static int compare(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

int main(int count, char **arguments) {
  size_t rounds = count > 2 ? strtoul(arguments[1], NULL, 10) : 0, commands = 0;
  char **words[MOST];
  double *times[MOST];
  if (rounds == 0) return 2;
  for (int i = 2; i < count && commands < MOST; i++) {
    if (i == 2 || arguments[i - 1] == NULL) words[commands++] = arguments + i;
    if (strcmp(arguments[i], "--") == 0) arguments[i] = NULL;
  }
  for (size_t i = 0; i < commands; i++) times[i] = calloc(rounds, sizeof *times[i]);
  for (size_t round = 0; round < rounds; round++) {
    for (size_t i = 0; i < commands; i++) times[i][round] = run(words[i]);
  }
  for (size_t i = 0; i < commands; i++) {
    qsort(times[i], rounds, sizeof *times[i], compare);
    printf("%.0f\n", times[i][rounds / 2]);
  }
  return 0;
}
