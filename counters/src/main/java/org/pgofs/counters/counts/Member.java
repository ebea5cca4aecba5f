package org.pgofs.counters.counts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.image.LinkTimes;

/** One that counts for an image right now: its counters, and its value sites if it has any, can be read at any time. */
public interface Member extends AutoCloseable {
    /** A word without white space, of no other member. */
    String name();

    /** The user whose it is. */
    int owner();

    /** The process, as its own pid namespace numbers it, if there is one to show. */
    OptionalInt pid();

    /** Where its counters section is; as {@link #read} takes it. */
    Area counters();

    /** Where its bitmaps section is; of size 0 if it has none. */
    Area bitmaps();

    /** Where its value sites are; of size 0 if it has none. */
    Area valueSites();

    /** How the addresses that its value sites observe are made link-time addresses. */
    LinkTimes linkTimes() throws IOException;

    /**
     * Reads a part of an area.
     *
     * @param area of which a part is read
     * @param offset bytes from the start of the area
     * @param target a direct buffer, to be filled; what is missing reads as 0
     * @return how many bytes were there
     */
    int read(Area area, long offset, ByteBuffer target) throws IOException;

    /**
     * Where an area goes on: what was never touched may be left out.
     *
     * @return bytes from the start of the area, at a page or at the given offset, from which on something may be; at
     *     least the area's size if nothing is
     */
    long nextData(Area area, long offset) throws IOException;

    /** Whether something that was there is missing and reads as 0. */
    boolean isTruncated() throws IOException;

    default boolean hasValueSites() {
        return valueSites().size() > 0;
    }

    /** Writes into what it counts with. */
    interface Writer extends AutoCloseable {
        /**
         * Writes into an area.
         *
         * @param offset bytes from the start of the area
         * @param source a direct buffer; its remaining bytes are written, its position may move
         */
        void write(Area area, long offset, ByteBuffer source) throws IOException;

        @Override
        void close();
    }

    /** Begins to write. */
    Writer writer() throws IOException;

    /** The number that value sites have which were not reset. */
    long epoch();

    void setEpoch(long newEpoch);

    /** Tells who counts the epoch: from then on sites of another one are cleared before they are used. */
    void publishEpoch() throws IOException;

    /** The epoch of the last reset: marks of before it are to be cleared. */
    long clearedEpoch();

    void setClearedEpoch(long epoch);

    /** Notes where it counts that the marks of before {@link #clearedEpoch} are cleared. */
    void publishCleared() throws IOException;

    @Override
    void close();
}
