package org.pgofs.counters.limits;

/**
 * A file in the segment directory that is left out.
 *
 * @param file its name, safe to print
 * @param reason what is wrong with it
 */
public record DroppedFile(String file, String reason) {}
