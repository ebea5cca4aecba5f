package org.pgofs.daemon.client;

import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * The images that a word of the command line means.
 *
 * @param name an image's name, or what it has before its build id, which several builds have in common; null for all
 */
public record ImageChoice(String name) {
    /**
     * Chooses.
     *
     * @param images by their names, as {@code pgo/images} has them
     * @return those that are meant, in their order
     * @throws IOException if there is none; the message is one line
     */
    public List<String> among(Collection<String> images) throws IOException {
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
        int end = image.lastIndexOf('-');
        return image.equals(name) || (end > 0 && image.substring(0, end).equals(name));
    }
}
