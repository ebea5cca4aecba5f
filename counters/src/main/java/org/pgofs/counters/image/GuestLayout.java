package org.pgofs.counters.image;

/**
 * Where a kernel has what belongs to its counters, by addresses as its sections have them: of its file, link-time addresses,
 * and in memory all of it is moved by one distance; of its memory, those of now.
 *
 * @param counters of the first counter of a function
 * @param records of the first function record
 * @param recordSize size of a record in bytes
 * @param names of the names section
 */
public record GuestLayout(long counters, long records, int recordSize, long names) {}
