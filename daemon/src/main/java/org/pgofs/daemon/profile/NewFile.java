package org.pgofs.daemon.profile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/** A file that is there as a whole or not at all: it gets its name when it is complete, and replaces one of that name. */
public final class NewFile implements AutoCloseable {
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final Path unfinished;
    private final FileChannel channel;
    private boolean finished;

    private NewFile(Path file, Path unfinished, FileChannel channel) {
        this.file = file;
        this.unfinished = unfinished;
        this.channel = channel;
    }

    /**
     * Begins a file, for its owner alone.
     *
     * @param file its name
     * @return nothing is written yet
     * @throws IOException if it cannot be there; the message says why
     */
    public static NewFile begin(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is there and is not a regular file: give another one by -o");
        }
        Path directory = file.toAbsolutePath().getParent();
        Path unfinished = directory.resolve(".pgofs-" + UUID.randomUUID() + ".unfinished");
        try {
            // Made and opened at once: whoever owns the directory could lay a link in between, for root to write
            // through.
            FileChannel channel = FileChannel.open(
                    unfinished, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE);
            return new NewFile(file, unfinished, channel);
        } catch (NoSuchFileException e) {
            throw new IOException(directory + " does not exist: give another file by -o", e);
        }
    }

    /**
     * Writes.
     *
     * @param bytes the remaining ones
     * @throws IOException if they cannot be written
     */
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * Gives it its name.
     *
     * @throws IOException if it cannot be written, or named so
     */
    public void finish() throws IOException {
        channel.force(true);
        channel.close();
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        finished = true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished) {
            Files.deleteIfExists(unfinished);
        }
    }
}
