package org.pgofs.counters.counts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.image.LinkTimes;

/** A source of live counts of an image. Its counters, and its value sites if it has any, can be read at any time. */
public interface Member extends AutoCloseable {
    /** A word without white space that no other member has as its name. */
    String name();

    /** The user to whom it belongs. */
    int owner();

    /** The process, as its own pid namespace numbers it, if there is one to show. */
    OptionalInt pid();

    /** The path of the image's file, as it says itself, if it does: it may be anything. */
    default Optional<String> program() {
        return Optional.empty();
    }

    /** Where its counters section is; as {@link #read} takes it. */
    Area counters();

    /** Where its bitmaps section is; of size 0 if it has none. */
    Area bitmaps();

    /** Where its value sites are; of size 0 if it has none. */
    Area valueSites();

    /** Converts the addresses that its value sites observe to link-time addresses. */
    LinkTimes linkTimes() throws IOException;

    /**
     * Reads a part of an area.
     *
     * @param area of which a part is read
     * @param offset bytes from the start of the area
     * @param target a direct buffer, to be filled; missing bytes read as 0
     * @return how many bytes existed
     */
    int read(Area area, long offset, ByteBuffer target) throws IOException;

    /**
     * The next offset of an area that may hold data: pages that were never touched may be skipped.
     *
     * @return bytes from the start of the area, at a page boundary or the given offset; at least the area's size if
     *     there is no more data
     */
    long nextData(Area area, long offset) throws IOException;

    /** Whether bytes are missing that once existed; they read as 0. */
    boolean isTruncated() throws IOException;

    default boolean hasValueSites() {
        return valueSites().size() > 0;
    }

    /** Whether it is a copy of what somebody counts with, who is told nothing of resets and takes. */
    default boolean isSample() {
        return false;
    }

    /** Adds the values of a copy, which has no value sites. */
    default void addSampledValues(ValueSink counts) {}

    /** Writes into the memory in which the member counts. */
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

    /** The current epoch: value sites with another epoch do not count. */
    long epoch();

    void setEpoch(long newEpoch);

    /**
     * Tells the counting process the epoch. From then on the process clears sites of another epoch before it uses them.
     */
    void publishEpoch() throws IOException;

    /** The epoch of the last reset: older marks are to be cleared. */
    long clearedEpoch();

    void setClearedEpoch(long epoch);

    /** Notes in the memory where it counts that marks older than {@link #clearedEpoch} are cleared. */
    void publishCleared() throws IOException;

    @Override
    void close();
}
