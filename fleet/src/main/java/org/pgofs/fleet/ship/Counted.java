package org.pgofs.fleet.ship;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What a shipper asks of a mount. A test stops at each answer. */
interface Counted {
    /**
     * What the daemon says now.
     *
     * @param store whose numbers its takes have
     * @param keepers the number of the last take of each keeper
     * @param attention what somebody should look after
     * @param images that have counts, by name
     * @param dropped what is wrong with images, by their names
     */
    record Said(
            String store,
            Map<String, Long> keepers,
            List<String> attention,
            List<String> images,
            Map<String, List<String>> dropped) {}

    /** Asks. */
    Said ask() throws IOException;

    /**
     * Begins to take an image.
     *
     * @throws java.nio.file.NoSuchFileException if it is gone, or cannot be taken
     * @throws IOException if it cannot be taken now
     */
    Held hold(String image) throws IOException;

    /** A take that is not committed. Closing it takes nothing. */
    interface Held extends Closeable {
        /** What the daemon says of the take. */
        Map<?, ?> header();

        /** The raw profile. */
        byte[] profile();

        /** Takes it. If this throws, nobody knows whether it is taken. */
        void commit(String keeper) throws IOException;
    }
}
