package org.pgofs.fs;

import java.time.Instant;

/** An open file: who opened it by which path, and its state. */
final class Handle {
    private final String path;
    private final PseudoFile node;
    private final int opener;
    private final OpenFile file;
    private Instant modified;
    private volatile long toldSize;

    /**
     * A handle.
     *
     * @param opener the thread that opened it, 0 if it is not visible from here
     */
    Handle(String path, PseudoFile node, int opener, OpenFile file) {
        this.path = path;
        this.node = node;
        this.opener = opener;
        this.file = file;
    }

    boolean isOf(String asked, int caller) {
        return opener == caller && caller != 0 && path.equals(asked);
    }

    @Override
    public String toString() {
        return path;
    }

    PseudoFile node() {
        return node;
    }

    OpenFile file() {
        return file;
    }

    /** The size of its content, which settles it. */
    long size() throws FsException {
        long size = file.size();
        toldSize = size;
        return size;
    }

    /** What {@link #size()} returned, 0 before; settles nothing. */
    long toldSize() {
        return toldSize;
    }

    /** The time that the first to ask was told. */
    synchronized Instant modified() {
        if (modified == null) {
            modified = file.modified();
        }
        return modified;
    }
}
