package org.pgofs.counters.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.GuestLayout;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.linux.ForeignPath;
import org.pgofs.counters.linux.Linux;

/**
 * The memory of a virtual machine, in a file that the machine has mapped. The file is never written to. A kernel is
 * found in it by data that never changes while the kernel runs: its names and function records.
 *
 * <p>The place of a kernel is the offset of its names in the file. A kernel is always moved by a multiple of 2 MiB. The
 * parts of the memory on both sides of the gap for devices below 4 GiB, which the file holds one after another, begin
 * at multiples of 2 MiB too. So the offset modulo 2 MiB equals the link-time address modulo 2 MiB, with and without
 * address space randomisation, and physical addresses need not be known. The same holds for AArch64 with 64 KiB in the place of 2
 * MiB: its firmware (EFI) may load a kernel there. Not thread-safe: it has one buffer.
 */
public final class GuestMemory implements KernelMemory {
    private static final long ALIGNMENT = 2 << 20;
    private static final long ALIGNMENT_OF_AARCH64 = 64 << 10;
    private static final int PIECE = 1 << 17;
    private static final int PREFIX = 64;
    private static final byte[] BANNER = "Linux version ".getBytes(StandardCharsets.ISO_8859_1);
    private static final int MAX_BANNER = 256;
    private static final int MAX_BANNERS = 16;

    private final Path path;
    private final int fd;
    private final long inode;
    private final long size;
    private final StoredImage image;
    private final GuestLayout layout;
    private final long alignment;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE).order(ByteOrder.LITTLE_ENDIAN);
    private boolean open = true;

    /**
     * Opens the memory of a machine.
     *
     * @param image the kernel that is looked for
     * @param layout of that kernel
     * @throws IOException if it cannot be the memory of a machine; the message is one line that says why
     */
    public static GuestMemory open(Path path, StoredImage image, GuestLayout layout) throws IOException {
        int fd = openRegular(path);
        try {
            return new GuestMemory(path, fd, image, layout);
        } catch (IOException | RuntimeException e) {
            Linux.close(fd);
            throw e;
        }
    }

    private static int openRegular(Path path) throws IOException {
        try {
            return ForeignPath.openRegular(path);
        } catch (NoSuchFileException e) {
            throw new IOException(path + " does not exist", e);
        } catch (IOException e) {
            throw new IOException(path + " " + e.getMessage(), e);
        }
    }

    private GuestMemory(Path path, int fd, StoredImage image, GuestLayout layout) throws IOException {
        this.path = path;
        this.fd = fd;
        this.image = image;
        this.layout = layout;
        alignment = image.processor() == Processor.AARCH64 ? ALIGNMENT_OF_AARCH64 : ALIGNMENT;
        Linux.Status status = Linux.status(fd);
        inode = status.inode();
        size = status.size();
        if (size < image.countersSize() + (long) image.names().remaining()) {
            throw new IOException(path + " is too small to hold the kernel: " + size + " bytes");
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long inode() {
        return inode;
    }

    /** Whether a process has the file mapped shared and writable. */
    @Override
    public boolean isInUse() throws IOException {
        return !Linux.unusedByWriters(fd);
    }

    /**
     * Checks that the machine exists and that it runs this kernel, or has not started a kernel yet.
     *
     * @throws IOException if the check fails; the message is one line that says why
     */
    public void requireKernel(GuestImage kernel) throws IOException {
        if (!isInUse()) {
            throw new IOException(
                    path + " is not used by any virtual machine: start it first, with this file as shared memory");
        }
        if (!places().isEmpty()) {
            return;
        }
        Optional<String> other = banners().stream()
                .filter(banner -> isOther(banner, kernel.banner()))
                .findFirst();
        // It may have been loaded since.
        if (other.isPresent() && places().isEmpty()) {
            throw new IOException(path + " has another kernel than " + kernel.path() + ": '" + other.get()
                    + "' and not '" + kernel.banner() + "'");
        }
    }

    /**
     * Whether a banner belongs to another kernel. A banner may be cut off while the kernel is being loaded. A kernel
     * also has a second banner, which ends before the {@code #} with the number and time of the build.
     */
    private static boolean isOther(String banner, String expected) {
        int build = expected.indexOf('#') + 1;
        boolean sameVersion = banner.startsWith(expected.substring(0, build));
        boolean hasBuild = banner.length() > build && isDigit((byte) banner.charAt(build));
        return !expected.startsWith(banner) && !(build > 0 && sameVersion && !hasBuild);
    }

    @Override
    public List<Long> places() throws IOException {
        ByteBuffer names = image.names();
        ByteBuffer prefix = names.slice(0, Math.min(PREFIX, names.remaining()));
        List<Long> places = new ArrayList<>();
        long place = layout.names() & (alignment - 1);
        long askFrom = place;
        while (place <= size - names.remaining()) {
            long data = place < askFrom ? place : nextData(place);
            if (data > place + names.remaining()) {
                place += Math.max(alignment, (data - names.remaining() - place) / alignment * alignment);
            } else {
                askFrom = Math.max(askFrom, place + ALIGNMENT); // asking takes as long as a look
                if (isAt(place, prefix) && isHere(place)) {
                    places.add(place);
                }
                place += alignment;
            }
        }
        return places;
    }

    /** The next offset with data. Some file systems, such as that of huge pages, do not know it. */
    private long nextData(long offset) {
        try {
            return Math.min(Linux.nextData(fd, offset), size);
        } catch (IOException e) {
            return offset;
        }
    }

    @Override
    public boolean read(long place, ByteBuffer target) throws IOException {
        long offset = place + layout.counters() - layout.names();
        return offset >= 0 && Linux.readFully(fd, offset, target.clear()) && isHere(place);
    }

    private boolean isHere(long place) throws IOException {
        return isAt(place, image.names()) && hasRecords(place);
    }

    private boolean isAt(long offset, ByteBuffer expected) throws IOException {
        for (int at = 0; at < expected.limit(); at += PIECE) {
            int count = Math.min(PIECE, expected.limit() - at);
            if (!Linux.readFully(fd, offset + at, buffer.clear().limit(count))
                    || !buffer.flip().equals(expected.slice(at, count))) {
                return false;
            }
        }
        return true;
    }

    private boolean hasRecords(long place) throws IOException {
        long offset = place + layout.records() - layout.names();
        if (offset < 0) {
            return false;
        }
        int atOnce = PIECE / layout.recordSize();
        for (int first = 0; first < image.functions(); first += atOnce) {
            int count = Math.min(atOnce, image.functions() - first);
            buffer.clear().limit(count * layout.recordSize());
            if (!Linux.readFully(fd, offset + (long) first * layout.recordSize(), buffer)) {
                return false;
            }
            for (int i = 0; i < count; i++) {
                // The only fields that do not depend on where the kernel was loaded, in every raw version.
                int at = i * layout.recordSize();
                if (buffer.getLong(at) != image.nameRef(first + i)
                        || buffer.getLong(at + Long.BYTES) != image.funcHash(first + i)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The banners of the kernels in the memory; only some of them, if there are many. */
    private Set<String> banners() throws IOException {
        Set<String> banners = new LinkedHashSet<>();
        long offset = nextData(0);
        while (offset < size && banners.size() < MAX_BANNERS) {
            buffer.clear().limit((int) Math.min(PIECE, size - offset));
            Linux.readFully(fd, offset, buffer);
            addBanners(buffer.flip(), banners);
            long next = offset + Math.max(1, buffer.limit() - MAX_BANNER);
            offset = next + MAX_BANNER >= size ? size : nextData(next);
        }
        return banners;
    }

    private static void addBanners(ByteBuffer bytes, Set<String> banners) {
        for (int at = 0; at <= bytes.limit() - MAX_BANNER; at++) {
            if (bytes.get(at) == BANNER[0] && startsWith(bytes, at) && isDigit(bytes.get(at + BANNER.length))) {
                int end = at;
                while (end < bytes.limit() && end - at < MAX_BANNER && bytes.get(end) >= ' ') {
                    end++;
                }
                byte[] banner = new byte[end - at];
                bytes.get(at, banner);
                banners.add(new String(banner, StandardCharsets.US_ASCII).strip());
            }
        }
    }

    private static boolean startsWith(ByteBuffer bytes, int at) {
        for (int i = 1; i < BANNER.length; i++) {
            if (bytes.get(at + i) != BANNER[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(byte character) {
        return character >= '0' && character <= '9';
    }

    /** Closes the file, unless it is closed already: another file may have its descriptor by then. */
    @Override
    public void close() {
        if (open) {
            open = false;
            Linux.close(fd);
        }
    }
}
