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
public record ImagePieces(ImageId image, String variant, List<PieceName> pieces, List<Rejected> rejected) {}
