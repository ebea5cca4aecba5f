/**
 * The counter store: it finds the segments that instrumented programs publish, merges those of one image, keeps the
 * counts of processes that ended, resets and freezes. It knows the shared-memory format ({@code pgofs_format.h}) and
 * nothing of profile file formats or of FUSE.
 */
package org.pgofs.counters;
