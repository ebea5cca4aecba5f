/* What main.c needs of a C library, and a start without one. */
int main(int argc, char **argv);
void *memcpy(void *to, const void *from, unsigned long size);
void *memset(void *to, int byte, unsigned long size);

void *memcpy(void *to, const void *from, unsigned long size) {
  for (unsigned long i = 0; i < size; i++) ((char *)to)[i] = ((const char *)from)[i];
  return to;
}

void *memset(void *to, int byte, unsigned long size) {
  for (unsigned long i = 0; i < size; i++) ((char *)to)[i] = (char)byte;
  return to;
}

__attribute__((force_align_arg_pointer)) void _start(void) {
  __asm__ volatile("syscall" : : "a"(60), "D"(main(1, 0)));
}
