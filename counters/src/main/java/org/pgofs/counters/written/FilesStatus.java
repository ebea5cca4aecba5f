package org.pgofs.counters.written;

import java.util.Map;

/**
 * The profiles that programs wrote into their directories, since the start of this process.
 *
 * @param directories how many there are
 * @param taken how many files count and are deleted, or will be
 * @param refused how many files were deleted without counting, by reason
 * @param waiting how many files could not be taken in at the last look, by reason
 */
public record FilesStatus(int directories, long taken, Map<String, Long> refused, Map<String, Long> waiting) {}
