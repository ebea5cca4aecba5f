package org.pgofs.counters.limits;

/**
 * Files that a scan passes over, since nothing will be done for them: known by their inode numbers, because to look at each
 * of a million files takes seconds. Those that are gone are forgotten by a scan. Guarded by the store's lock.
 */
final class SkippedInodes {
    private InodeSet files = new InodeSet();
    /** Those that a scan has not come upon yet. */
    private InodeSet before = new InodeSet();

    /**
     * Adds a file.
     *
     * @param inode of its inode
     * @return whether it was not there
     */
    boolean add(long inode) {
        return !contains(inode) && files.add(inode);
    }

    boolean contains(long inode) {
        return files.contains(inode) || (before.contains(inode) && files.add(inode));
    }

    long size() {
        return files.size();
    }

    /** From here on every file of the directory is come upon again. */
    void beginScan() {
        before.addAll(files); // there may be some still, of a scan that failed
        files = new InodeSet();
    }

    void endScan() {
        before = new InodeSet();
    }
}
