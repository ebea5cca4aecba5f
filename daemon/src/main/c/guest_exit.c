/*
 * Ends a machine for AArch64 that QEMU emulates, with an exit code. QEMU has to let programs do so (semihosting with
 * userspace=on). Usage: guest_exit CODE
 */
#include <stdlib.h>

enum {
  SYS_EXIT = 0x18,
  APPLICATION_EXIT = 0x20026, /* ADP_Stopped_ApplicationExit, as "Semihosting for AArch32 and AArch64" of Arm has it */
};

int main(int count, char **arguments) {
  const unsigned long block[2] = {APPLICATION_EXIT, count > 1 ? strtoul(arguments[1], NULL, 10) : 0};
  register unsigned long operation __asm__("x0") = SYS_EXIT;
  register const unsigned long *argument __asm__("x1") = block;
  __asm__ volatile("hlt #0xf000" : "+r"(operation) : "r"(argument) : "memory");
  return 1;
}
