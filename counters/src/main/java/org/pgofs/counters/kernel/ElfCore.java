package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgofs.counters.format.ElfNotes;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.linux.AddressSpace;
import org.pgofs.counters.linux.Linux;

/**
 * The memory of a kernel as an ELF core file: {@code /proc/kcore} of the one that runs, {@code /proc/vmcore} or a dump of one
 * that ran. Whatever its headers say, nothing is mapped, and no more is read than is asked for.
 *
 * <ol>
 *   <li>The kernel reads {@code /proc/kcore} through one page of buffer for each open file: two threads that read at once
 *       would get each other's pages. So one reads at a time, and whoever cannot wait opens another.
 *   <li>Where no memory is any more, 6.1 gives what was read before from this open file. So whoever reads what can go reads
 *       {@linkplain #readSomethingElse something else} before he looks whether it is still there.
 * </ol>
 */
final class ElfCore implements AddressSpace, AutoCloseable {
    private static final int HEADER_SIZE = 64;
    private static final int MAGIC = 0x464c457f;
    private static final byte CLASS_64 = 2;
    private static final byte LITTLE_ENDIAN = 1;
    private static final short CORE = 4;

    private static final int MACHINE_AT = 18;
    private static final int PROGRAM_HEADERS_AT = 32;
    private static final int SECTION_HEADERS_AT = 40;
    private static final int PROGRAM_HEADER_SIZE_AT = 54;
    private static final int PROGRAM_HEADERS = 56;

    /** Instead of their number: it is in the first section header. */
    private static final int MANY_PROGRAM_HEADERS = 0xffff;

    private static final int SECTION_HEADER_SIZE = 64;
    private static final int SECTION_INFO_AT = 44;

    private static final int PROGRAM_HEADER_SIZE = 56;
    private static final int LOAD = 1;
    private static final int NOTE = 4;

    /** A dump of a large machine by page tables has some thousands. */
    private static final int MAX_PROGRAM_HEADERS = 1 << 20;

    private static final int MAX_NOTES = 16 << 20;
    private static final int PAGE = 4096;

    private final Path path;
    private final int fd;
    private final List<Load> loads = new ArrayList<>();
    private final Processor processor;
    private final VmcoreInfo info;
    private final ByteBuffer page = ByteBuffer.allocateDirect(PAGE);
    private boolean open = true;

    /** A file in which there is nothing, as where a container hides it. */
    static final class EmptyException extends IOException {
        private static final long serialVersionUID = 1;

        EmptyException(String message) {
            super(message);
        }
    }

    /** A part of the memory that lies in the file in one piece. */
    private record Load(long address, long size, long offset) {
        boolean holds(long wanted) {
            return Long.compareUnsigned(wanted - address, size) < 0;
        }
    }

    /**
     * Opens a core file.
     *
     * @throws IOException if it cannot be opened, or is none; the message is one line that says why
     */
    static ElfCore open(Path path) throws IOException {
        int fd = Linux.openForReading(path);
        try {
            return new ElfCore(path, fd);
        } catch (IOException | RuntimeException | Error e) {
            Linux.close(fd);
            throw e;
        }
    }

    private ElfCore(Path path, int fd) throws IOException {
        this.path = path;
        this.fd = fd;
        ByteBuffer header = at(0, HEADER_SIZE).orElseThrow(() -> new EmptyException(path + " is empty or cut off"));
        require(
                header.getInt(0) == MAGIC
                        && header.get(4) == CLASS_64
                        && header.get(5) == LITTLE_ENDIAN
                        && header.getShort(16) == CORE,
                "is not an ELF core file of a 64-bit machine");
        processor = Processor.ofElf(Short.toUnsignedInt(header.getShort(MACHINE_AT)))
                .orElseThrow(() -> new IOException(path + " is of a machine that pgofs does not know"));
        require(header.getShort(PROGRAM_HEADER_SIZE_AT) == PROGRAM_HEADER_SIZE, "has odd program headers");
        int count = count(header);
        ByteBuffer headers = part(header.getLong(PROGRAM_HEADERS_AT), count * PROGRAM_HEADER_SIZE, "program headers");
        VmcoreInfo found = VmcoreInfo.NOTHING;
        for (int at = 0; at < headers.limit(); at += PROGRAM_HEADER_SIZE) {
            long offset = headers.getLong(at + 8);
            long address = headers.getLong(at + 16);
            long size = headers.getLong(at + 32);
            if (headers.getInt(at) == LOAD && size > 0 && offset >= 0 && offset <= Long.MAX_VALUE - size) {
                loads.add(new Load(address, size, offset));
            } else if (headers.getInt(at) == NOTE && found.equals(VmcoreInfo.NOTHING)) {
                found = notes(offset, size);
            }
        }
        info = found;
    }

    private int count(ByteBuffer header) throws IOException {
        int count = Short.toUnsignedInt(header.getShort(PROGRAM_HEADERS));
        if (count == MANY_PROGRAM_HEADERS) {
            count = part(header.getLong(SECTION_HEADERS_AT), SECTION_HEADER_SIZE, "section headers")
                    .getInt(SECTION_INFO_AT);
        }
        require(count > 0 && count <= MAX_PROGRAM_HEADERS, "has " + count + " program headers");
        return count;
    }

    private VmcoreInfo notes(long offset, long size) throws IOException {
        if (size < 0 || size > MAX_NOTES) {
            return VmcoreInfo.NOTHING;
        }
        return at(offset, (int) size)
                .flatMap(notes -> ElfNotes.find(notes, VmcoreInfo.NOTE, VmcoreInfo.NOTE_TYPE))
                .map(text -> VmcoreInfo.parse(
                        StandardCharsets.ISO_8859_1.decode(text).toString()))
                .orElse(VmcoreInfo.NOTHING);
    }

    private ByteBuffer part(long offset, int size, String what) throws IOException {
        return at(offset, size).orElseThrow(() -> new IOException(path + " has its " + what + " outside"));
    }

    /** A part of the file, if it is there. */
    private Optional<ByteBuffer> at(long offset, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
        boolean isThere = offset >= 0 && offset <= Long.MAX_VALUE - size && Linux.readFully(fd, offset, bytes);
        return isThere ? Optional.of(bytes.flip()) : Optional.empty();
    }

    private void require(boolean condition, String otherwise) throws IOException {
        if (!condition) {
            throw new IOException(path + " " + otherwise);
        }
    }

    Path path() {
        return path;
    }

    /** What the kernel is for. */
    Processor processor() {
        return processor;
    }

    /** What the kernel says of itself. */
    VmcoreInfo info() {
        return info;
    }

    /** Whether a part of the memory begins at an address, as the kernel's image has one for itself. */
    boolean beginsAt(long address) {
        return loads.stream().anyMatch(load -> load.address == address);
    }

    /** The address of a page that is always there. */
    long firstAddress() throws IOException {
        require(!loads.isEmpty(), "has no memory");
        return info.text() == 0 ? loads.get(0).address : info.text();
    }

    /** Whether anything lies where kernels are, in the upper half: nothing does in a dump by physical addresses. */
    boolean hasAddresses() {
        return loads.stream().anyMatch(load -> load.address < 0);
    }

    /** A part of the memory that is there in one piece. */
    record Part(long address, long size) {}

    /** The parts that begin in a range of addresses, as far as they are in it. */
    List<Part> parts(long from, long size) {
        List<Part> parts = new ArrayList<>();
        for (Load load : loads) {
            long begin = load.address - from;
            if (Long.compareUnsigned(begin, size) < 0) {
                parts.add(new Part(load.address, Math.min(load.size, size - begin)));
            }
        }
        return parts;
    }

    /** Where parts of two loads have one address, the first one holds. */
    @Override
    public synchronized void read(long address, ByteBuffer target) throws IOException {
        long at = address;
        int end = target.limit();
        while (target.position() < end) {
            Load load = load(at);
            long within = at - load.address;
            int count = (int) Math.min(end - target.position(), load.size - within);
            target.limit(target.position() + count);
            if (!Linux.readFully(fd, load.offset + within, target)) {
                throw new IOException(path + " ends before address " + Long.toHexString(at));
            }
            target.limit(end);
            at += count;
        }
    }

    private Load load(long address) throws IOException {
        for (Load load : loads) {
            if (load.holds(address)) {
                return load;
            }
        }
        throw new IOException(path + " has nothing at address " + Long.toHexString(address));
    }

    /** Locks the file until it is closed, if no other one that is open has locked it. */
    boolean lock() throws IOException {
        return Linux.lock(fd);
    }

    /** Reads a page that is always there: what is read next and is not that page is really there. */
    synchronized void readSomethingElse(long address) throws IOException {
        read(address, page.clear());
    }

    /** Closes the file, if it is open: the number may be another file's by then. */
    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            Linux.close(fd);
        }
    }
}
