/**
 * A small tree of directories and pseudo files: what debugfs is in the kernel. It knows nothing of what its files contain.
 * {@link org.pgofs.fs.Directory} and {@link org.pgofs.fs.PseudoFile} make a tree; the packages below it serve it.
 */
package org.pgofs.fs;
