/** Serves a tree by libfuse: {@link org.pgofs.fs.fuse.Mount}. Nowhere else is FUSE known. */
package org.pgofs.fs.fuse;
