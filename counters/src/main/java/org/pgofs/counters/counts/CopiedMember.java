package org.pgofs.counters.counts;

import java.io.IOException;
import org.pgofs.counters.format.Area;

/**
 * A member of which a copy is read: what counts is only read from outside, and told nothing of marks. Of epochs it is told
 * nothing either, unless it says otherwise.
 */
public interface CopiedMember extends Member {
    /** All of a copy is there. */
    @Override
    default long nextData(Area area, long offset) {
        return offset;
    }

    @Override
    default boolean isTruncated() {
        return false;
    }

    @Override
    default Writer writer() {
        throw new UnsupportedOperationException("what is only read is never written to");
    }

    @Override
    default long epoch() {
        return 0;
    }

    @Override
    default void setEpoch(long newEpoch) {}

    @Override
    default void publishEpoch() throws IOException {}

    @Override
    default long clearedEpoch() {
        return 0;
    }

    @Override
    default void setClearedEpoch(long newEpoch) {}

    @Override
    default void publishCleared() {}

    @Override
    default void close() {}
}
