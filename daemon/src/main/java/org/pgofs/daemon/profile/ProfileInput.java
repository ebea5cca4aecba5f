package org.pgofs.daemon.profile;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.pgofs.counters.linux.ForeignPath;
import org.pgofs.fs.fuse.Mount;
import org.pgofs.profdata.RawToIndexed;
import org.pgofs.profdata.read.IndexedContent;
import org.pgofs.profdata.read.IndexedReader;
import org.pgofs.profraw.RawProfileReader;

/** Reads profiles, raw or indexed, out of files that may be anybody's, and out of mounts. */
final class ProfileInput {
    /** More do not fit into memory. */
    private static final long MOST = 1L << 30;

    private ProfileInput() {}

    /**
     * Reads a profile.
     *
     * @param file its path
     * @throws NoSuchFileException if it is not there
     * @throws IOException if it is none; the message names it
     */
    static IndexedContent read(Path file) throws IOException {
        try {
            return content(file.toString(), bytes(file));
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Whether a file begins as a profile does. */
    static boolean isProfile(Path file) throws IOException {
        try {
            return isProfile(bytes(file));
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static boolean isProfile(ByteBuffer bytes) {
        return IndexedReader.isIndexed(bytes) || RawProfileReader.isRaw(bytes);
    }

    /** The content of a raw or an indexed profile. */
    private static IndexedContent content(String name, ByteBuffer bytes) throws IOException {
        return IndexedReader.read(indexed(name, bytes));
    }

    /** The bytes of an indexed profile, those of a raw one converted. */
    static ByteBuffer indexed(String name, ByteBuffer bytes) throws IOException {
        if (!bytes.hasRemaining()) {
            throw new IOException("is empty");
        }
        if (!isProfile(bytes)) {
            throw new IOException("is neither an indexed nor a raw profile of a 64-bit little-endian target");
        }
        return IndexedReader.isIndexed(bytes) ? bytes : RawToIndexed.convert(name, bytes);
    }

    /** All of a file. What is in a mount of pgofs is read as it is; of all else nothing can keep anybody waiting. */
    static ByteBuffer bytes(Path file) throws IOException {
        Path path = file.toAbsolutePath();
        // Not through "..", which may lead out of it again.
        boolean served = path.equals(path.normalize()) && Mount.all().stream().anyMatch(path::startsWith);
        try (FileChannel channel = served ? FileChannel.open(file, StandardOpenOption.READ) : ForeignPath.open(file)) {
            long size = channel.size();
            if (size > MOST) {
                throw new IOException("has " + size + " bytes, more than " + MOST);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new EOFException("became shorter while it was read");
                }
            }
            return bytes.flip();
        }
    }
}
