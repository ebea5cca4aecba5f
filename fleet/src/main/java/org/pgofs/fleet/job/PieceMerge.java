package org.pgofs.fleet.job;

import java.io.IOException;
import org.pgofs.fleet.core.PieceReader;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.fleet.store.StoreAwayException;

/** Reads pieces of one image one after the other and adds them up. What is bad is named in the result. Not thread-safe. */
public final class PieceMerge {
    private final ObjectStore store;
    private final Weights weights;
    private final PieceReader reader = new PieceReader();
    private final PartialResult result = new PartialResult();

    /**
     * A sum of nothing.
     *
     * @param store where the pieces are
     * @param weights of the pieces
     */
    public PieceMerge(ObjectStore store, Weights weights) {
        this.store = store;
        this.weights = weights;
    }

    /**
     * Adds a piece.
     *
     * @param name of the piece
     * @throws IOException if the store does not answer; the message names it
     */
    public void add(PieceName name) throws IOException {
        try (LoadedPiece piece = LoadedPiece.read(store, name, reader)) {
            result.add(piece, weights.of(piece.info().labels()));
        } catch (StoreAwayException e) {
            throw e; // without this piece the sum would be short, and nobody would see why
        } catch (IOException e) {
            result.reject(new Rejected(name.path(), reason(e)));
        }
    }

    /** One line without what a store's own directories are called, which differs from host to host. */
    private String reason(IOException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.replace(store + "/", "").replaceAll("[^\\p{Graph} ]", "?");
    }

    /**
     * What all pieces give.
     *
     * @return the result, to which no more is added
     */
    public PartialResult result() {
        return result;
    }
}
