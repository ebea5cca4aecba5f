/**
 * System calls on files that are not trusted yet, durable changes of files, and memory off the heap. They are bound
 * once for the whole project. This package knows nothing of counters.
 */
package org.pgofs.counters.linux;
