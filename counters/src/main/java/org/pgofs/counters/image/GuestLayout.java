package org.pgofs.counters.image;

/**
 * The addresses of a kernel's counters, records and names. For sections of its file they are link-time addresses, and
 * in memory all of them are moved by the same distance. For sections read from memory they are the present addresses.
 *
 * @param counters of the first counter of a function
 * @param records of the first function record
 * @param recordSize size of a record in bytes
 * @param names of the names section
 */
public record GuestLayout(long counters, long records, int recordSize, long names) {}
