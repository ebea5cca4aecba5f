package org.pgofs.daemon.top;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.pgofs.counters.image.ImageNames;

/**
 * The images that a word of the command line means.
 *
 * @param name an image's name, or what it has before its build id, which several builds have in common; null for all
 */
record ImageFilter(String name) {
    /**
     * Chooses.
     *
     * @param images by their names, as {@code pgo/images} has them
     * @return those that are meant, in their order
     * @throws IOException if there is none; the message is one line
     */
    List<String> among(Collection<String> images) throws IOException {
        if (name == null) {
            return List.copyOf(images);
        }
        List<String> chosen = images.stream().filter(this::isMeant).toList();
        if (chosen.isEmpty()) {
            throw new IOException("there is no image " + name
                    + (images.isEmpty() ? ": no instrumented program runs" : ", but " + String.join(", ", images)));
        }
        return chosen;
    }

    private boolean isMeant(String image) {
        return image.equals(name) || ImageNames.program(image).equals(name);
    }
}
