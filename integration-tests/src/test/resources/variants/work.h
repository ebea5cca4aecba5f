int work(int number);
int never(int number);
