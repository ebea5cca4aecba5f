/**
 * Processes with the compiler's own runtime: found, and read through their memory, which is never written to.
 */
package org.pgofs.counters.process;
