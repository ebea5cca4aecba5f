package org.pgofs.profdata.read;

/**
 * What a value site observed.
 *
 * @param value the hash of a name, 0 for one that is not known, or the size of a memory operation
 * @param count how often, unsigned
 */
public record ProfiledValue(long value, long count) {}
