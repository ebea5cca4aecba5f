package org.pgofs.fs;

import java.time.Instant;

/**
 * What one look-up by path found of a file. Programs are told it, and some of them read exactly this size, whatever they
 * learn later; so what is opened by this look-up should have it.
 *
 * @param size in bytes
 * @param modified the time of the last change: programs take a new one for a change under their hands
 */
public record FileView(long size, Instant modified) {
    /**
     * What was found just now.
     *
     * @param size in bytes
     * @return the view
     */
    public static FileView now(long size) {
        return new FileView(size, Instant.now());
    }
}
