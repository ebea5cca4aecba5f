package org.pgofs.counters;

import static org.pgofs.counters.InvalidFileException.require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * One published segment, held open for reading: it stays readable when somebody unlinks it. Its content belongs to a
 * process that may do anything with it at any time.
 */
final class SegmentFile implements AutoCloseable {
    static final String PREFIX = "s-";

    private final Path path;
    private final int fd;
    private final long inode;
    private final int owner;
    private final long size;
    private SegmentLayout.Header header;
    private long epoch;

    /**
     * Opens and checks a segment.
     *
     * @throws IOException if it cannot be opened or read
     * @throws InvalidFileException if it is not a segment
     */
    static SegmentFile open(Path path) throws IOException, InvalidFileException {
        int fd = Linux.openForReading(path);
        try {
            return new SegmentFile(path, fd);
        } catch (IOException | InvalidFileException | RuntimeException e) {
            Linux.close(fd);
            throw e;
        }
    }

    private SegmentFile(Path path, int fd) throws IOException, InvalidFileException {
        this.path = path;
        this.fd = fd;
        Linux.Status status = Linux.status(fd);
        require(status.regular(), "is not a regular file");
        require(status.links() == 1, "has %d links", status.links());
        require(status.size() >= SegmentLayout.SIZE, "is too short for a segment: %d bytes", status.size());
        inode = status.inode();
        owner = status.uid();
        size = status.size();
        readHeader();
    }

    /** Reads the header again: its nonce may be written after the segment was published. */
    void readHeader() throws IOException, InvalidFileException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(SegmentLayout.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        require(Linux.readFully(fd, 0, bytes), "was truncated");
        header = SegmentLayout.read(bytes, size);
    }

    String name() {
        return path.getFileName().toString();
    }

    Path path() {
        return path;
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

    /** The image file that this segment needs. */
    ImageReference image() {
        return new ImageReference(owner, header.imageKey());
    }

    /** Whether the process is gone, or has unmapped the segment: its counters are final. */
    boolean ended() throws IOException {
        return Linux.unusedByWriters(fd);
    }

    /** Whether somebody made the file shorter than it was published: the process that has it mapped may die of it. */
    boolean isTruncated() throws IOException {
        return Linux.status(fd).size() < size;
    }

    /**
     * Reads a part of the segment.
     *
     * @param area of which a part is read
     * @param offset bytes from the start of the area
     * @param target a direct buffer, to be filled; what is missing in a truncated file reads as 0
     */
    void read(Area area, long offset, ByteBuffer target) throws IOException {
        Linux.readFully(fd, area.offset() + offset, target);
        while (target.hasRemaining()) {
            target.put((byte) 0);
        }
    }

    /**
     * Where an area goes on: pages that the program never touched are holes.
     *
     * @return bytes from the start of the area, at a page or at the given offset, from which on something may be; at
     *     least the area's size if nothing is
     */
    long nextData(Area area, long offset) throws IOException {
        long next = Linux.nextData(fd, area.offset() + offset);
        return next == Long.MAX_VALUE ? next : next - area.offset();
    }

    boolean hasValueSites() {
        return header.valueSites().size() > 0;
    }

    /** The number that value sites have which were not reset. */
    long epoch() {
        return epoch;
    }

    void setEpoch(long newEpoch) {
        epoch = newEpoch;
    }

    /** Tells the target the epoch: from then on it clears sites of another one before it uses them. */
    void publishEpoch() throws IOException {
        Linux.writeLong(fd, header.controlPage(), epoch);
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
