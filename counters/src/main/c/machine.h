/*
 * What differs between the machines that the runtime is built for. For C and for the assembler.
 */
#ifndef PGOFS_MACHINE_H
#define PGOFS_MACHINE_H

#if defined(__x86_64__)

#define PGOFS_MACHINE 0      /* of an image, see pgofs_format.h */
#define PGOFS_ALIGNMENT 4096 /* of counters and bitmaps: the largest page that a kernel of this machine may have */
#define PGOFS_ANCHOR 4096    /* bytes of the runtime's own among the counters */

#elif defined(__aarch64__)

#define PGOFS_MACHINE 183
#define PGOFS_ALIGNMENT 65536
#define PGOFS_ANCHOR 8

#else
#error "x86-64 and AArch64 only"
#endif

/* The smallest page of any machine. */
#define PGOFS_LEAST_PAGE 4096

#endif
