/** Profiles that programs with the compiler's own runtime write at their end: found, checked, counted and deleted. */
package org.pgofs.counters.written;
