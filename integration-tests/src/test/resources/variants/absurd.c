/* Calls damaged() seven times, and then makes what counts that absurd. */
#include <stdint.h>

extern uint64_t __start___llvm_prf_cnts[], __stop___llvm_prf_cnts[];

__attribute__((noinline)) void damaged(void) {
  __asm__ volatile("");
}

__attribute__((noinline)) void sound(void) {
  __asm__ volatile("");
}

int main(void) {
  for (int i = 0; i < 7; i++) {
    damaged();
  }
  for (int i = 0; i < 5; i++) {
    sound();
  }
  for (uint64_t *counter = __start___llvm_prf_cnts; counter < __stop___llvm_prf_cnts; counter++) {
    if (*counter == 7) {
      *counter = UINT64_C(1) << 60;
    }
  }
  return 0;
}
