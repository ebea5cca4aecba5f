package org.pgofs.counters.segment;

import static org.pgofs.counters.format.InvalidFileException.require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgofs.counters.counts.Member;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.format.ControlLayout;
import org.pgofs.counters.format.ImageReference;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.SegmentLayout;
import org.pgofs.counters.image.LinkTimes;
import org.pgofs.counters.linux.FileChanges;
import org.pgofs.counters.linux.Linux;

/**
 * One published segment, held open for reading: it stays readable when somebody unlinks it. The process that maps it
 * may change its content in any way at any time.
 */
public final class SegmentFile implements Member {
    public static final String PREFIX = "s-";

    private static final int PIECE = 1 << 16;

    private final Path path;
    private final int fd;
    private final FileChanges changes;
    private final long inode;
    private final int owner;
    private final long size;
    private SegmentLayout.Header header;
    private long epoch;
    private long clearedEpoch;

    /**
     * Opens and checks a segment.
     *
     * @throws IOException if it cannot be opened or read
     * @throws InvalidFileException if it is not a segment
     */
    public static SegmentFile open(Path path, FileChanges changes) throws IOException, InvalidFileException {
        int fd = Linux.openInForeignDirectory(path);
        try {
            return new SegmentFile(path, fd, changes);
        } catch (IOException | InvalidFileException | RuntimeException | Error e) {
            Linux.close(fd);
            throw e;
        }
    }

    private SegmentFile(Path path, int fd, FileChanges changes) throws IOException, InvalidFileException {
        this.path = path;
        this.fd = fd;
        this.changes = changes;
        Linux.Status status = Linux.status(fd);
        require(status.regular(), "is not a regular file");
        require(status.links() == 1, "has %d links", status.links());
        require(status.size() >= SegmentLayout.SIZE, "is too short for a segment: %d bytes", status.size());
        inode = status.inode();
        owner = status.uid();
        size = status.size();
        readHeader();
        epoch = control(ControlLayout.RESET_EPOCH);
        clearedEpoch = control(ControlLayout.CLEARED_EPOCH);
    }

    /** A word of the control page. */
    private long control(int at) throws IOException, InvalidFileException {
        ByteBuffer word = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        require(Linux.readFully(fd, header.controlPage() + at, word), "was truncated");
        return word.getLong(0);
    }

    /** Reads the header again: its nonce may be written after the segment was published. */
    void readHeader() throws IOException, InvalidFileException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(SegmentLayout.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        require(Linux.readFully(fd, 0, bytes), "was truncated");
        header = SegmentLayout.read(bytes, size);
    }

    @Override
    public String name() {
        return path.getFileName().toString();
    }

    Path path() {
        return path;
    }

    @Override
    public int owner() {
        return owner;
    }

    long inode() {
        return inode;
    }

    long size() {
        return size;
    }

    SegmentLayout.Header header() {
        return header;
    }

    @Override
    public OptionalInt pid() {
        return OptionalInt.of(header.pid());
    }

    @Override
    public Optional<String> program() {
        return Optional.of(header.path());
    }

    @Override
    public Area counters() {
        return header.counters();
    }

    @Override
    public Area bitmaps() {
        return header.bitmaps();
    }

    @Override
    public Area valueSites() {
        return header.valueSites();
    }

    /** Read anew each time: few segments have them, and those of many processes would take much memory. */
    @Override
    public LinkTimes linkTimes() throws IOException {
        Area relocated = header.relocated();
        if (relocated.size() == 0) {
            return new LinkTimes(header.loadBias());
        }
        ByteBuffer entries = ByteBuffer.allocate((int) relocated.size()).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer piece = ByteBuffer.allocateDirect(Math.min(entries.limit(), PIECE));
        while (entries.hasRemaining()) {
            read(relocated, entries.position(), piece.clear().limit(Math.min(PIECE, entries.remaining())));
            entries.put(piece.flip());
        }
        return new LinkTimes(header.loadBias(), entries.flip());
    }

    /** The image file that this segment needs. */
    ImageReference image() {
        return new ImageReference(owner, header.imageKey());
    }

    /** Whether no process has the segment mapped any more: then its counters are final. */
    boolean ended() throws IOException {
        return Linux.unusedByWriters(fd);
    }

    /** The file's status now. */
    Linux.Status status() throws IOException {
        return Linux.status(fd);
    }

    /** Whether somebody truncated the file since it was published: this may kill the process that has it mapped. */
    @Override
    public boolean isTruncated() throws IOException {
        return status().size() < size;
    }

    @Override
    public int read(Area area, long offset, ByteBuffer target) throws IOException {
        int begin = target.position();
        Linux.readFully(fd, area.offset() + offset, target);
        int there = target.position() - begin;
        while (target.hasRemaining()) {
            target.put((byte) 0);
        }
        return there;
    }

    @Override
    public Writer writer() throws IOException {
        int writable = Linux.openForWriting(fd);
        return new Writer() {
            @Override
            public void write(Area area, long offset, ByteBuffer source) throws IOException {
                changes.writeAt(writable, area.offset() + offset, source);
            }

            @Override
            public void close() {
                Linux.close(writable);
            }
        };
    }

    /** Pages that the program never touched are holes. */
    @Override
    public long nextData(Area area, long offset) throws IOException {
        long next = Linux.nextData(fd, area.offset() + offset);
        return next == Long.MAX_VALUE ? next : next - area.offset();
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public void setEpoch(long newEpoch) {
        epoch = newEpoch;
    }

    @Override
    public void publishEpoch() throws IOException {
        changes.writeLong(fd, header.controlPage() + ControlLayout.RESET_EPOCH, epoch);
    }

    @Override
    public long clearedEpoch() {
        return clearedEpoch;
    }

    @Override
    public void setClearedEpoch(long newEpoch) {
        clearedEpoch = newEpoch;
    }

    @Override
    public void publishCleared() throws IOException {
        changes.writeLong(fd, header.controlPage() + ControlLayout.CLEARED_EPOCH, clearedEpoch);
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
