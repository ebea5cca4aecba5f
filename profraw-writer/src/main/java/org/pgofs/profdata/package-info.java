/**
 * Writes indexed profiles, the files that {@code clang -fprofile-use} and {@code llvm-cov} read and {@code llvm-profdata merge}
 * writes: made of images and snapshots of their counts. It knows nothing of FUSE. {@link
 * org.pgofs.profdata.format.IndexedLayout} has the diagram.
 */
package org.pgofs.profdata;
