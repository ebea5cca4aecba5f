/**
 * The counts of one image: sums, values and marks, and the members that count for it now.
 */
package org.pgofs.counters.counts;
