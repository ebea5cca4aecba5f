/** The kernel that this machine runs, and its modules: their counters are read through {@code /proc/kcore}. */
package org.pgofs.counters.kernel;
