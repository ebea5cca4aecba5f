/**
 * Raw profiles, the files that {@code llvm-profdata merge} reads, made from an image and a snapshot of its counts. Every
 * byte range is produced when it is asked for; a whole file is never held. It knows nothing of where counters come from
 * beyond {@link org.pgofs.counters.image.Image} and {@link org.pgofs.counters.counts.Snapshot}, and nothing of FUSE.
 */
package org.pgofs.profraw;
