package org.pgofs.fleet.job;

import java.util.List;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.PieceName;

/**
 * The pieces of which one result is made.
 *
 * @param image whose pieces they are
 * @param variant how it is instrumented
 * @param pieces sorted by their names
 * @param rejected objects between them that are no pieces
 */
public record ImagePieces(ImageId image, String variant, List<PieceName> pieces, List<Rejected> rejected) {
    /**
     * Those of some hours. What is no piece is of no hour.
     *
     * @param window the hours
     * @return the pieces in it
     */
    public ImagePieces within(Window window) {
        return new ImagePieces(
                image,
                variant,
                pieces.stream().filter(piece -> window.has(piece.hour())).toList(),
                rejected);
    }

    /**
     * Whether there is nothing to merge, and nothing to say.
     *
     * @return whether both lists are empty
     */
    public boolean isEmpty() {
        return pieces.isEmpty() && rejected.isEmpty();
    }
}
