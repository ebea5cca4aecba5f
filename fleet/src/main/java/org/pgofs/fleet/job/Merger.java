package org.pgofs.fleet.job;

import java.io.IOException;
import java.util.List;
import java.util.function.IntConsumer;
import org.pgofs.fleet.store.PieceName;

/** Adds up pieces; where it does so shows in nothing but the time. */
@FunctionalInterface
public interface Merger extends AutoCloseable {
    /**
     * Adds up.
     *
     * @param pieces of one image and variant
     * @param progress may be told how many pieces were looked at, by any thread
     * @return the result
     * @throws IOException if it cannot be done; the message says why
     */
    PartialResult merge(List<PieceName> pieces, IntConsumer progress) throws IOException;

    @Override
    default void close() {}
}
