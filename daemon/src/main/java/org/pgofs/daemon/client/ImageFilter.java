package org.pgofs.daemon.client;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.pgofs.counters.image.ImageNames;

/**
 * The images that a word of the command line means.
 *
 * @param name an image's name, or what it has before its build id, which several builds have in common; null for all
 */
public record ImageFilter(String name) {
    /**
     * Chooses.
     *
     * @param images by their names, as {@code pgo/images} has them
     * @return those that are meant, in their order
     * @throws IOException if there is none; the message is one line
     */
    public List<String> among(Collection<String> images) throws IOException {
        List<String> chosen = meant(images);
        if (chosen.isEmpty() && name != null) {
            throw new IOException("there is no image " + name
                    + (images.isEmpty() ? ": no instrumented program runs" : ", but " + String.join(", ", images)));
        }
        return chosen;
    }

    /**
     * Chooses what there is.
     *
     * @param images by their names
     * @return those that are meant, in their order; none if there is none
     */
    public List<String> meant(Collection<String> images) {
        return images.stream().filter(this::isMeant).toList();
    }

    private boolean isMeant(String image) {
        return name == null || image.equals(name) || ImageNames.program(image).equals(name);
    }
}
