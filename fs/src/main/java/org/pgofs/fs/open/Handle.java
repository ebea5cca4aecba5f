package org.pgofs.fs.open;

import org.pgofs.fs.OpenFile;

/**
 * An open file.
 *
 * @param inode by which it was opened
 * @param file its state
 */
public record Handle(Inode inode, OpenFile file) {
    @Override
    public String toString() {
        return inode.toString();
    }
}
