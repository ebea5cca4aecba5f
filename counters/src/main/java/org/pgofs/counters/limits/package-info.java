/**
 * How much of each user the store takes up, and what it leaves out because of that.
 */
package org.pgofs.counters.limits;
