extern "C" int part(int number) { return number + 1; }
