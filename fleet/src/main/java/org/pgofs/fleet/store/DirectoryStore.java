package org.pgofs.fleet.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pgofs.counters.linux.ForeignDirectory;
import org.pgofs.counters.linux.HeldDirectory;
import org.pgofs.counters.linux.OverBoundException;

/**
 * A store in a directory, which may be on NFS. Whoever may write there could put a link to somebody else's directory in place of
 * one of the store's at any moment: each is held while it is used, and links, special files and mount points are neither followed
 * nor opened.
 */
public final class DirectoryStore implements ObjectStore {
    /** Where files are until they are whole. It is no directory of objects, since its name begins with a dot. */
    private static final String UNFINISHED = ".unfinished";

    /** Whoever takes longer to write a file begins again: it may be deleted. */
    private static final Duration LONGEST_WRITE = Duration.ofHours(1);

    /** How Java names ENAMETOOLONG. */
    private static final String TOO_LONG = "File name too long";

    private final Path root;
    private final AtomicBoolean isCleared = new AtomicBoolean();

    /** A file that nobody reads yet, in a directory that is held. */
    private static final class Unfinished implements AutoCloseable {
        private final HeldDirectory directory;
        private final Path path;

        Unfinished(HeldDirectory directory, byte[] content) throws IOException {
            this.directory = directory;
            path = directory.path(UUID.randomUUID().toString());
            try (FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            } catch (IOException | RuntimeException e) {
                close();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            try (directory) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** What can be done with an object in its directory. */
    private interface Writing {
        boolean run(HeldDirectory directory, String name) throws IOException;
    }

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
        String path = directory.isEmpty() ? "" : checked(directory.substring(0, directory.length() - 1));
        List<String> names = new ArrayList<>();
        try (HeldDirectory opened = HeldDirectory.open(root);
                HeldDirectory held = path.isEmpty() ? opened : opened.directory(path);
                DirectoryStream<Path> entries = Files.newDirectoryStream(held.path())) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(".")) {
                    names.add(Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? name + "/" : name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw named(path, e.getCause());
        } catch (IOException e) {
            throw named(path, e);
        }
        Collections.sort(names);
        return names;
    }

    /** A name, if it is one of an object or of a directory. */
    private static String checked(String name) {
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.startsWith(".")) {
                throw new IllegalArgumentException("'" + name + "' is no name of an object");
            }
        }
        return name;
    }

    @Override
    public byte[] read(String name, int most) throws IOException {
        String path = checked(name);
        try (HeldDirectory held = HeldDirectory.open(root);
                FileChannel channel = held.openRegular(path)) {
            if (channel.size() > most) {
                throw new UnusableObjectException(
                        this + "/" + name + " has " + channel.size() + " bytes, more than " + most);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new UnusableObjectException(this + "/" + name + " became shorter while it was read");
                }
            }
            return bytes.array();
        } catch (IOException e) {
            throw named(name, e);
        }
    }

    /** The same error, which names the object: by a descriptor nobody knows it. */
    private IOException named(String name, IOException e) {
        String path = name.isEmpty() ? toString() : this + "/" + name;
        if (e instanceof NoSuchFileException) {
            return new NoSuchFileException(path);
        }
        if (e instanceof AccessDeniedException) {
            return new AccessDeniedException(path);
        }
        if (e instanceof NotDirectoryException) {
            return new UnusableObjectException(path + " is to be in a directory, and something else is there");
        }
        if (e instanceof ForeignDirectory.NotRegularException || e instanceof OverBoundException) {
            return new UnusableObjectException(path + " " + e.getMessage());
        }
        if (e instanceof UnusableObjectException) {
            return e;
        }
        String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        if (TOO_LONG.equals(reason)) {
            return new UnusableObjectException(path + ": " + reason);
        }
        return new IOException(path + ": " + reason, e);
    }

    @Override
    public boolean writeIfAbsent(String name, byte[] content) throws IOException {
        return write(name, (directory, file) -> {
            if (Files.exists(directory.path(file), LinkOption.NOFOLLOW_LINKS)) {
                sync(directory); // whoever wrote it may have been killed before that
                return false;
            }
            try (Unfinished unfinished = unfinished(content)) {
                Files.createLink(directory.path(file), unfinished.path);
            } catch (FileAlreadyExistsException e) {
                return false;
            }
            sync(directory);
            return true;
        });
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        write(name, (directory, file) -> {
            try (Unfinished unfinished = unfinished(content)) {
                Files.move(
                        unfinished.path,
                        directory.path(file),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
            sync(directory);
            return true;
        });
    }

    private boolean write(String name, Writing writing) throws IOException {
        int slash = checked(name).lastIndexOf('/');
        makeDirectories(root.toAbsolutePath());
        try (HeldDirectory directory = made(name.substring(0, Math.max(slash, 0)))) {
            return writing.run(directory, name.substring(slash + 1));
        } catch (IOException e) {
            throw named(name, e);
        }
    }

    private Unfinished unfinished(byte[] content) throws IOException {
        HeldDirectory directory = made(UNFINISHED);
        Unfinished unfinished = new Unfinished(directory, content);
        if (isCleared.compareAndSet(false, true)) {
            clear(directory, unfinished.path);
        }
        return unfinished;
    }

    /**
     * Deletes what writers left that were killed, on this host or others. By the store's own clock, which gave both files their
     * times. A writer whose file is deleted fails, and nothing of it is in the store.
     */
    private static void clear(HeldDirectory unfinished, Path written) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(unfinished.path())) {
            Instant oldest = modified(written).minus(LONGEST_WRITE);
            for (Path file : files) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && modified(file).isBefore(oldest)) {
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

    /** A directory in the store, which is made if it is not there; to be closed. */
    private HeldDirectory made(String path) throws IOException {
        HeldDirectory at = HeldDirectory.open(root);
        for (String name : path.isEmpty() ? new String[0] : path.split("/", -1)) {
            try (HeldDirectory parent = at) {
                at = made(parent, name);
            }
        }
        return at;
    }

    private static HeldDirectory made(HeldDirectory parent, String name) throws IOException {
        try {
            return parent.directory(name);
        } catch (NoSuchFileException e) {
            make(parent.path(name));
            sync(parent);
            return parent.directory(name);
        }
    }

    /** That of the store itself was named by the caller. */
    private static void makeDirectories(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            makeDirectories(directory.getParent());
            make(directory);
            try (HeldDirectory parent = HeldDirectory.open(directory.getParent())) {
                sync(parent);
            }
        }
    }

    /** Somebody else may have made it in this moment. */
    private static void make(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw new IOException(directory + " is there and is not a directory", e);
            }
        }
    }

    /** After a crash of the machine no object may be lost because its directory is. */
    private static void sync(HeldDirectory directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.path(), StandardOpenOption.READ)) {
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
