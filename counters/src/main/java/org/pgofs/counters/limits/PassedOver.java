package org.pgofs.counters.limits;

/**
 * Files that a scan passes over, since nothing will be done for them: known by their inode numbers, because to look at each
 * of a million files takes seconds. Those that are gone are forgotten by a scan. Guarded by the store's lock.
 */
final class PassedOver {
    private FileNumbers files = new FileNumbers();
    /** Those that a scan has not come upon yet. */
    private FileNumbers before = new FileNumbers();

    /**
     * Adds a file.
     *
     * @param number of its inode
     * @return whether it was not there
     */
    boolean add(long number) {
        return !contains(number) && files.add(number);
    }

    boolean contains(long number) {
        return files.contains(number) || (before.contains(number) && files.add(number));
    }

    long size() {
        return files.size();
    }

    /** From here on every file of the directory is come upon again. */
    void beginScan() {
        before.addAll(files); // there may be some still, of a scan that failed
        files = new FileNumbers();
    }

    void endScan() {
        before = new FileNumbers();
    }
}
