/**
 * System calls on files of which nothing is known yet, changes of files that last, and memory off the heap. Bound once for the
 * whole project. It knows nothing of counters.
 */
package org.pgofs.counters.linux;
