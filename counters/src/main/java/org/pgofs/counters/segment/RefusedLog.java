package org.pgofs.counters.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.Refusal;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.OwnFile;

/**
 * The file {@code .refused}, to which a target that could not publish appends one byte, the reason. It is a log and not
 * a mapped page of counts, because anybody who may write a file may also truncate it, and a target that touches a
 * truncated mapping dies of SIGBUS.
 */
public final class RefusedLog {
    private static final int ROOM = 1 << 14;

    public static final String NAME = ".refused";
    private static final String UNFINISHED = "refused.new";

    /** Begins the names of empty files: targets whose limits leave no room for a byte give the reason in the name. */
    public static final String PREFIX = "r-";

    private static final Pattern NAMED = Pattern.compile(PREFIX + "[0-9]-[0-9a-f]{30}");

    /** Targets do not append to a longer log. */
    private static final int MAX_SIZE = 1 << 20;

    private final Path path;
    private final Path state;
    private final FileChanges changes;

    /**
     * The log of a directory.
     *
     * @param state a directory of root alone on the same file system, where nobody interferes
     */
    public RefusedLog(Path directory, Path state, FileChanges changes) {
        path = directory.resolve(NAME);
        this.state = state;
        this.changes = changes;
    }

    /**
     * Makes the file, empty, unless it exists. Another file of its name that is not a directory is replaced: targets
     * and this class trust only a file that root owns.
     */
    void make() throws IOException {
        OwnFile.make(path, false, changes, this::begin);
    }

    /** Forgets all refusals until now. */
    void clear() throws IOException {
        make();
        if (Files.size(path) > 0) {
            beginAt(path);
        }
    }

    private void begin() throws IOException {
        Path unfinished = state.resolve(UNFINISHED);
        beginAt(unfinished);
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw--w--w-"));
        changes.rename(unfinished, path);
    }

    private void beginAt(Path file) throws IOException {
        int fd = changes.create(file);
        // So that targets can report a full tmpfs in it.
        Linux.reserve(fd, ROOM);
        Linux.close(fd);
    }

    /**
     * Adds the reason in the name of a file to the log, and deletes the file.
     *
     * @throws InvalidFileException if no target makes such a file
     */
    void adopt(String name) throws IOException, InvalidFileException {
        Path file = path.resolveSibling(name);
        InvalidFileException.require(
                NAMED.matcher(name).matches()
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && Files.size(file) == 0,
                "is not a valid record of a refusal");
        make();
        if (Files.size(path) < MAX_SIZE) {
            byte code = (byte) (name.charAt(PREFIX.length()) - '0');
            append(code);
        }
        Files.delete(file);
    }

    private void append(byte code) throws IOException {
        int fd = Linux.openForAppending(path);
        try {
            Linux.append(fd, ByteBuffer.allocateDirect(1).put(0, code));
        } finally {
            Linux.close(fd);
        }
    }

    /** How often an image was refused for each reason: once for each process that could not publish it. */
    public Map<Refusal, Long> counts() throws IOException {
        make();
        Map<Refusal, Long> counts = new EnumMap<>(Refusal.class);
        int fd = Linux.openForReading(path);
        try {
            ByteBuffer reasons =
                    ByteBuffer.allocateDirect((int) Math.min(Linux.status(fd).size(), MAX_SIZE));
            Linux.readFully(fd, 0, reasons);
            reasons.flip();
            while (reasons.hasRemaining()) {
                Refusal.of(reasons.get()).ifPresent(refusal -> counts.merge(refusal, 1L, Long::sum));
            }
        } finally {
            Linux.close(fd);
        }
        return counts;
    }
}
