package org.pgofs.fleet.job;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.pgofs.counters.format.Saturated;
import org.pgofs.fleet.core.Piece;
import org.pgofs.fleet.core.PieceReader;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceInfo;
import org.pgofs.fleet.store.PieceName;

/**
 * A piece that was read out of a store, and is sound.
 *
 * @param name of the piece
 * @param info what is said of it
 * @param pieces the profiles in it
 */
record LoadedPiece(PieceName name, PieceInfo info, List<Piece> pieces) {
    /** A browser's profile has fewer bytes. */
    private static final int MOST_BYTES = 512 << 20;

    /**
     * Reads a piece.
     *
     * @throws IOException if it is not what its name says, or the store does not have it; the message says why
     */
    static LoadedPiece read(ObjectStore store, PieceName name, PieceReader reader) throws IOException {
        PieceInfo info = info(store, name);
        if (!info.host().equals(name.host())) {
            throw new IOException("its JSON is that of another host");
        }
        byte[] packed = store.read(name.path(), MOST_BYTES);
        List<Piece> pieces = reader.read(ByteBuffer.wrap(unpacked(packed, info.rawSize())));
        String variant = PieceName.variant(pieces.get(0).rawVersion());
        if (!variant.equals(name.variant())) {
            throw new IOException("it is instrumented as " + variant);
        }
        return new LoadedPiece(name, info, pieces);
    }

    private static PieceInfo info(ObjectStore store, PieceName name) throws IOException {
        try {
            return PieceInfo.parse(
                    new String(store.read(name.infoPath(), PieceInfo.MOST_BYTES), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no JSON beside it", e);
        }
    }

    private static byte[] unpacked(byte[] packed, long size) throws IOException {
        if (size > MOST_BYTES) {
            throw new IOException("it has " + size + " bytes unpacked, more than " + MOST_BYTES);
        }
        byte[] raw = new byte[(int) size];
        try {
            long unpacked = Zstd.decompressByteArray(raw, 0, raw.length, packed, 0, packed.length);
            if (Zstd.isError(unpacked)) {
                throw new IOException("it cannot be unpacked: " + Zstd.getErrorName(unpacked));
            }
            if (unpacked != size) {
                throw new IOException("it has " + unpacked + " bytes unpacked, its JSON says " + size);
            }
        } catch (ZstdException e) {
            throw new IOException("it cannot be unpacked: " + e.getMessage(), e);
        }
        return raw;
    }

    long total() {
        return pieces.stream().mapToLong(Piece::total).reduce(0, Saturated::sum);
    }

    long tooLarge() {
        return pieces.stream().mapToLong(Piece::tooLarge).sum();
    }
}
