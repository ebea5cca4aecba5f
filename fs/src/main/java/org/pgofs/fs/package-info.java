/**
 * A small file system of directories and pseudo files, mounted by FUSE: what debugfs is in the kernel. It knows nothing
 * of what its files contain. {@link org.pgofs.fs.Directory} and {@link org.pgofs.fs.PseudoFile} make a tree,
 * {@link org.pgofs.fs.Mount} serves it.
 */
package org.pgofs.fs;
