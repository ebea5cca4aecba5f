/**
 * Kernels whose counters are read through memory. Another kind of memory is another
 * {@link org.pgofs.counters.guest.KernelMemory}.
 */
package org.pgofs.counters.guest;
