int upper(int character);

int upper(int character) {
  return character >= 'a' && character <= 'z' ? character - 'a' + 'A' : character;
}
