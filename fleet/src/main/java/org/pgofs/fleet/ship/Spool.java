package org.pgofs.fleet.ship;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The pieces that the store does not have yet, a file each. Its name is a number, which is the last part of the object's
 * name, and the state of the piece:
 *
 * <pre>
 *   N.intent       its take is not known to be committed
 *   N.piece        its counts were taken: it must get into the store
 *   N.unconfirmed  nobody can tell whether they were, since the daemon's state is gone: left for somebody to decide
 *   keeper         the random name by which the daemon knows this spool
 *   lock           locked while a shipper has the spool
 * </pre>
 */
final class Spool implements Closeable {
    static final String LOCK = "lock";
    static final String KEEPER = "keeper";
    static final String INTENT = "intent";
    static final String PIECE = "piece";
    static final String UNCONFIRMED = "unconfirmed";

    private static final String UNFINISHED = "unfinished";
    private static final Pattern FILE = Pattern.compile("([0-9]{19})\\.(intent|piece|unconfirmed)");
    private static final int KEEPER_BYTES = 16;
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;
    private final SpoolDisk disk;
    private final FileChannel lock;
    private String keeper;

    /**
     * A file of the spool.
     *
     * @param path where it is
     * @param sequence the last part of the object's name
     * @param state one of the words above
     */
    record Entry(Path path, long sequence, String state) {
        static Optional<Entry> of(Path path) {
            Matcher name = FILE.matcher(path.getFileName().toString());
            return name.matches()
                    ? Optional.of(new Entry(path, Long.parseLong(name.group(1)), name.group(2)))
                    : Optional.empty();
        }

        long size() throws IOException {
            return Files.size(path);
        }

        SpooledPiece read() throws IOException {
            try {
                return SpooledPiece.decode(Files.readAllBytes(path));
            } catch (IOException e) {
                throw new IOException(path + " " + e.getMessage(), e);
            }
        }
    }

    private Spool(Path directory, SpoolDisk disk, FileChannel lock) {
        this.directory = directory;
        this.disk = disk;
        this.lock = lock;
    }

    /**
     * Opens a spool, and makes it if it is not there.
     *
     * @throws IOException if another shipper has it, or it cannot be made; the message names it
     */
    static Spool open(Path directory, SpoolDisk disk) throws IOException {
        Files.createDirectories(directory.toAbsolutePath().getParent());
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(directory, PRIVATE);
        }
        FileChannel lock = FileChannel.open(
                directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            acquire(directory, lock);
            Spool spool = new Spool(directory, disk, lock);
            spool.start();
            return spool;
        } catch (IOException | RuntimeException | Error e) {
            lock.close();
            throw e;
        }
    }

    private static void acquire(Path directory, FileChannel lock) throws IOException {
        FileLock held = null;
        try {
            held = lock.tryLock();
        } catch (OverlappingFileLockException e) {
            // Of this process.
        }
        if (held == null) {
            ByteBuffer pid = ByteBuffer.allocate(Integer.SIZE);
            lock.read(pid, 0);
            String process = new String(pid.array(), 0, pid.position(), StandardCharsets.UTF_8).strip();
            throw new IOException("another shipper has the spool " + directory + ", process " + process
                    + ": end it, or name another spool by --spool");
        }
        lock.truncate(0);
        lock.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"), 0);
    }

    private void start() throws IOException {
        Files.deleteIfExists(directory.resolve(UNFINISHED));
        Path file = directory.resolve(KEEPER);
        try {
            keeper = Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            byte[] random = new byte[KEEPER_BYTES];
            new SecureRandom().nextBytes(random);
            keeper = HexFormat.of().formatHex(random);
            write(file, StandardCharsets.UTF_8.encode(keeper + "\n"));
        }
    }

    /** As a whole, or not at all. */
    private void write(Path file, ByteBuffer content) throws IOException {
        Path unfinished = directory.resolve(UNFINISHED);
        try {
            disk.write(unfinished, content);
            disk.rename(unfinished, file);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw new IOException("the spool " + directory + " cannot take a piece: " + e.getMessage(), e);
        }
    }

    /** By which the daemon knows this spool. */
    String keeper() {
        return keeper;
    }

    Path directory() {
        return directory;
    }

    /** The pieces in a state, the oldest first. */
    List<Entry> entries(String state) throws IOException {
        return entries(directory).stream()
                .filter(entry -> entry.state().equals(state))
                .toList();
    }

    /** The pieces of a spool that may be another one's now. */
    static List<Entry> entries(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().flatMap(file -> Entry.of(file).stream()).toList();
        }
    }

    /** What all pieces take up. */
    long bytes() throws IOException {
        long bytes = 0;
        for (Entry entry : entries(directory)) {
            bytes += entry.size();
        }
        return bytes;
    }

    /** Puts a piece down whose take is not committed yet. */
    Entry begin(long sequence, SpooledPiece piece) throws IOException {
        Path file = file(sequence, INTENT);
        write(file, piece.encode());
        return new Entry(file, sequence, INTENT);
    }

    private Path file(long sequence, String state) {
        return directory.resolve(String.format("%019d.%s", sequence, state));
    }

    /** Goes on with a piece in another state. */
    Entry become(Entry entry, String state) throws IOException {
        return rename(entry, entry.sequence(), state);
    }

    /** Gives a piece another number: its object gets another name. */
    Entry renumber(Entry entry) throws IOException {
        long other = (entry.sequence() & 0xffffffffL) | (long) new SecureRandom().nextInt(Integer.MAX_VALUE) << 32;
        return rename(entry, other, entry.state());
    }

    private Entry rename(Entry entry, long sequence, String state) throws IOException {
        Path file = file(sequence, state);
        disk.rename(entry.path(), file);
        return new Entry(file, sequence, state);
    }

    /** Ends with a piece: it was not taken, or the store has it. */
    void remove(Entry entry) throws IOException {
        disk.delete(entry.path());
    }

    /** Writes a file that is of use to others, and whose loss is none. */
    void note(String name, String text) {
        Path unfinished = directory.resolve(name + ".new");
        try {
            Files.writeString(unfinished, text);
            Files.move(unfinished, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // The disk may be full: the next note comes.
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
