package org.pgofs.fleet.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/** A store in a directory, which may be on NFS. Neither links nor special files in it are followed or opened. */
public final class DirectoryStore implements ObjectStore {
    /** Where files are until they are whole. It is no directory of objects, since its name begins with a dot. */
    private static final String UNFINISHED = ".unfinished";

    /** Whoever takes longer to write a file begins again: it may be deleted. */
    private static final Duration LONGEST_WRITE = Duration.ofHours(1);

    private final Path root;
    private final AtomicBoolean isCleared = new AtomicBoolean();

    /**
     * A store.
     *
     * @param root the directory, which need not exist before something is written
     */
    public DirectoryStore(Path root) {
        this.root = root;
    }

    @Override
    public List<String> list(String directory) throws IOException {
        Path path = directory.isEmpty() ? root : path(directory.substring(0, directory.length() - 1));
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(".")) {
                    names.add(Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? name + "/" : name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    private Path path(String name) {
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.startsWith(".")) {
                throw new IllegalArgumentException("'" + name + "' is no name of an object");
            }
        }
        return root.resolve(name);
    }

    @Override
    public byte[] read(String name, int most) throws IOException {
        Path file = path(name);
        if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isRegularFile()) {
            throw new IOException(file + " is not a regular file");
        }
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            if (channel.size() > most) {
                throw new IOException(file + " has " + channel.size() + " bytes, more than " + most);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new EOFException(file + " became shorter while it was read");
                }
            }
            return bytes.array();
        }
    }

    @Override
    public boolean writeIfAbsent(String name, byte[] content) throws IOException {
        Path file = path(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            sync(file.getParent()); // whoever wrote it may have been killed before that
            return false;
        }
        Path unfinished = write(file, content);
        try {
            Files.createLink(file, unfinished);
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.deleteIfExists(unfinished);
        }
        sync(file.getParent());
        return true;
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        Path file = path(name);
        Path unfinished = write(file, content);
        try {
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        sync(file.getParent());
    }

    /** Writes a file that nobody reads yet. */
    private Path write(Path file, byte[] content) throws IOException {
        makeDirectories(file.getParent());
        makeDirectories(root.resolve(UNFINISHED));
        Path unfinished = root.resolve(UNFINISHED).resolve(UUID.randomUUID().toString());
        try (FileChannel channel =
                FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        if (isCleared.compareAndSet(false, true)) {
            clear(unfinished);
        }
        return unfinished;
    }

    /**
     * Deletes what writers left that were killed, on this host or others. By the store's own clock, which gave both files their
     * times. A writer whose file is deleted fails, and nothing of it is in the store.
     */
    private void clear(Path written) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(UNFINISHED))) {
            Instant oldest = modified(written).minus(LONGEST_WRITE);
            for (Path file : files) {
                if (modified(file).isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // The next writer looks again.
        }
    }

    private static Instant modified(Path file) throws IOException {
        return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
    }

    /** After a crash of the machine no object may be lost because its directory is. */
    private void makeDirectories(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        makeDirectories(parent);
        try {
            Files.createDirectory(directory);
            sync(parent);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw new IOException(directory + " is there and is not a directory", e);
            }
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return root.toString();
    }
}
