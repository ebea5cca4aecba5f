package org.pgofs.counters.limits;

/**
 * Files that a scan skips, since nothing will be done for them. They are known by their inode numbers, because opening
 * each of a million files takes seconds. A scan forgets those that no longer exist. Guarded by the store's lock.
 */
final class SkippedInodes {
    private InodeSet files = new InodeSet();
    /** The files that the current scan has not found yet. */
    private InodeSet before = new InodeSet();

    /**
     * Adds a file.
     *
     * @param inode of its inode
     * @return whether it is new
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

    /** Begins a scan, which finds every existing file again. */
    void beginScan() {
        before.addAll(files); // there may be some still, of a scan that failed
        files = new InodeSet();
    }

    void endScan() {
        before = new InodeSet();
    }
}
