package org.pgofs.counters.state;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.pgofs.counters.counts.ImageCounters;

/**
 * Counters in memory that is only read, of one kind: what it reads are members of images. Guarded by the store's lock.
 */
public interface SampledSource {
    /** Takes up what an earlier daemon had. */
    void restore() throws IOException;

    /** Does all that events asked for until now. */
    default void catchUp() throws IOException {}

    /**
     * Does what is due.
     *
     * @return milliseconds until the next is due, -1 if nothing will be
     */
    default int work() throws IOException {
        return -1;
    }

    /** Takes new samples of what belongs to some images. */
    void look(Collection<ImageCounters> images) throws IOException;

    /** Called before a reset of images that were looked at. */
    default void prepareReset() {}

    /**
     * Saves samples: from those a later daemon continues, so a baseline that is saved must not be newer than they are.
     *
     * @param images whose baselines are to be saved next
     */
    void saveSamples(Collection<ImageCounters> images) throws IOException;

    /** What the manifest is to say of it. */
    List<? extends Sampled> saved();

    /** Lets go of all memory; the next daemon takes it up again. */
    void close();
}
