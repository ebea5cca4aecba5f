int words(const char *text);

__attribute__((noinline)) static int is_letter(char character) {
  return character > ' ';
}

int words(const char *text) {
  int count = 0;
  for (int inside = 0; *text != 0; text++) {
    int letter = is_letter(*text);
    count += letter && !inside;
    inside = letter;
  }
  return count;
}
