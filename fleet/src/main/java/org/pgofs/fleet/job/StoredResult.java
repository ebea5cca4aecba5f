package org.pgofs.fleet.job;

import java.nio.ByteBuffer;
import java.util.Map;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.profdata.read.IndexedContent;

/**
 * A result as it lies in a store: whole, and what its manifest says.
 *
 * @param image whose profile it is
 * @param variant how the image is instrumented
 * @param window of which hours
 * @param manifest what is said of it
 * @param profile its bytes, all of them remaining; read-only
 * @param content the same, read
 */
public record StoredResult(
        ImageId image, String variant, Window window, Map<?, ?> manifest, ByteBuffer profile, IndexedContent content) {
    /**
     * A number of the manifest.
     *
     * @param field its name
     * @return the number, 0 if there is none
     */
    public long number(String field) {
        return manifest.get(field) instanceof Long number ? number : 0;
    }
}
