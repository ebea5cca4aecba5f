package org.pgofs.counters.limits;

/**
 * Segments that are not taken up now.
 *
 * @param user their owner
 * @param reason which bound they are over
 * @param segments how many
 */
public record OverBound(int user, String reason, long segments) {}
