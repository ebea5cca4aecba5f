package org.pgofs.fleet.job;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.pgofs.counters.format.Saturated;
import org.pgofs.fleet.core.Piece;
import org.pgofs.fleet.core.PieceReader;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceInfo;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.fleet.store.StoreAwayException;
import org.pgofs.fleet.store.UnusableObjectException;

/**
 * A piece that was read out of a store, and is sound. To be closed when it is added to the others.
 *
 * @param name of the piece
 * @param info what is said of it
 * @param pieces the profiles in it
 */
record LoadedPiece(PieceName name, PieceInfo info, List<Piece> pieces) implements AutoCloseable {
    /** A browser's profile has fewer bytes. */
    private static final int MOST_BYTES = 512 << 20;

    private static final int MEBIBYTE = 20;

    /** Mebibytes that pieces in memory may have at once: a few bytes in a store can be made to be many here. */
    private static final Semaphore ROOM = new Semaphore(MOST_BYTES >> MEBIBYTE);

    /**
     * Reads a piece.
     *
     * @throws StoreAwayException if the store does not answer
     * @throws IOException if it is not what its name says, or the store does not have it; the message says why
     */
    static LoadedPiece read(ObjectStore store, PieceName name, PieceReader reader) throws IOException {
        PieceInfo info = info(store, name);
        if (!info.host().equals(name.host())) {
            throw new IOException("its JSON is that of another host");
        }
        if (info.rawSize() > MOST_BYTES) {
            throw new IOException("it has " + info.rawSize() + " bytes unpacked, more than " + MOST_BYTES);
        }
        ROOM.acquireUninterruptibly(room(info));
        try {
            return read(store, name, info, reader);
        } catch (IOException | RuntimeException | Error e) {
            ROOM.release(room(info));
            throw e;
        }
    }

    private static int room(PieceInfo info) {
        return Math.max(1, (int) (info.rawSize() >> MEBIBYTE));
    }

    private static LoadedPiece read(ObjectStore store, PieceName name, PieceInfo info, PieceReader reader)
            throws IOException {
        int size = (int) info.rawSize();
        byte[] packed = bytes(store, name.path(), (int) Math.min(Zstd.compressBound(size), Integer.MAX_VALUE));
        List<Piece> pieces = reader.read(ByteBuffer.wrap(unpacked(packed, size)));
        String variant = PieceName.variant(pieces.get(0).rawVersion());
        if (!variant.equals(name.variant())) {
            throw new IOException("it is instrumented as " + variant);
        }
        return new LoadedPiece(name, info, pieces);
    }

    private static PieceInfo info(ObjectStore store, PieceName name) throws IOException {
        try {
            return PieceInfo.parse(
                    new String(bytes(store, name.infoPath(), PieceInfo.MOST_BYTES), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no JSON beside it", e);
        }
    }

    /** If the store does not answer, the piece may be as good as any. */
    private static byte[] bytes(ObjectStore store, String name, int most) throws IOException {
        try {
            return store.read(name, most);
        } catch (NoSuchFileException | AccessDeniedException | UnusableObjectException e) {
            throw e;
        } catch (IOException e) {
            throw new StoreAwayException(e);
        }
    }

    private static byte[] unpacked(byte[] packed, int size) throws IOException {
        byte[] raw = memory(size);
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

    private static byte[] memory(int size) throws IOException {
        try {
            return new byte[size];
        } catch (OutOfMemoryError e) {
            throw new IOException("there is not enough memory for the " + size + " bytes that it has unpacked", e);
        }
    }

    @Override
    public void close() {
        ROOM.release(room(info));
    }

    long total() {
        return pieces.stream().mapToLong(Piece::total).reduce(0, Saturated::sum);
    }

    long tooLarge() {
        return pieces.stream().mapToLong(Piece::tooLarge).sum();
    }
}
