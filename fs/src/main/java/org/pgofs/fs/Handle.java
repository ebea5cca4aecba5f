package org.pgofs.fs;

/**
 * An open file.
 *
 * @param inode by which it was opened
 * @param file its state
 */
record Handle(Inode inode, OpenFile file) {
    @Override
    public String toString() {
        return inode.toString();
    }
}
