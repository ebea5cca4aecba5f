/**
 * How much the store takes up for each user, and the files that it leaves out because of that.
 */
package org.pgofs.counters.limits;
