package org.pgofs.counters.limits;

/**
 * The files that do not count.
 *
 * @param dropped those with which something is wrong
 * @param waiting those for which there is no room, or no time, now
 */
public record LeftOut(DroppedFiles dropped, WaitingSegments waiting) {
    public LeftOut() {
        this(new DroppedFiles(), new WaitingSegments());
    }
}
