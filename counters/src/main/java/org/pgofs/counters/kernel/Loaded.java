package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.LinkTimes;
import org.pgofs.counters.linux.AddressSpace;

/**
 * What the kernel has loaded once and counts: vmlinux or a module. Immutable.
 *
 * @param name {@link KernelStatus#VMLINUX}, or that of the module
 * @param run a number of this boot, or of this loading of the module
 * @param image what it is
 * @param counters where its first counter is
 * @param sites where its first value site is
 * @param sitesSize bytes, 0 if nobody records values
 * @param linkTimes of the addresses that value sites hold
 * @param epoch what sets the epoch of value sites
 * @param proof what is read after the counters, to know that they were still there; empty if they cannot go
 */
record Loaded(
        String name,
        long run,
        GuestImage image,
        long counters,
        long sites,
        int sitesSize,
        LinkTimes linkTimes,
        Path epoch,
        Optional<Proof> proof) {
    /** How many bytes counters and value sites are together. */
    int size() {
        return image.countersSize() + sitesSize;
    }

    /**
     * Reads counters, and behind them value sites.
     *
     * @param target direct, of {@link #size} bytes; filled from its start
     * @throws IOException if they are not there any more, or cannot be read
     */
    void read(ElfCore core, ByteBuffer target) throws IOException {
        core.read(counters, target.clear().limit(image.countersSize()));
        if (sitesSize > 0) {
            core.read(sites, target.limit(size()));
        }
        if (proof.isPresent()) {
            proof.get().require(core);
        }
    }

    /** Memory for what {@link #read} reads. */
    ByteBuffer allocate() {
        return ByteBuffer.allocateDirect(size()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** It was unloaded. */
    static final class GoneException extends IOException {
        private static final long serialVersionUID = 1;

        GoneException() {
            super("is not in memory any more");
        }
    }

    /** What the kernel has for the epoch now. */
    long readEpoch() throws IOException {
        return sitesSize == 0
                ? 0
                : Long.parseUnsignedLong(Files.readString(epoch).strip());
    }

    void writeEpoch(long number) throws IOException {
        Files.writeString(
                epoch, Long.toUnsignedString(number) + "\n", StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
    }

    /**
     * A part of a module that never changes while it is loaded. What was read before it belongs to the module if it is
     * still there.
     *
     * @param address where it is
     * @param bytes what is there
     * @param elsewhere a page of vmlinux, see {@link ElfCore#readSomethingElse}
     */
    record Proof(long address, ByteBuffer bytes, long elsewhere) {
        static Proof of(AddressSpace memory, long address, int size, long elsewhere) throws IOException {
            return new Proof(address, memory.read(address, size), elsewhere);
        }

        void require(ElfCore core) throws IOException {
            core.readSomethingElse(elsewhere);
            ByteBuffer now = ByteBuffer.allocateDirect(bytes.limit()).order(ByteOrder.LITTLE_ENDIAN);
            core.read(address, now);
            if (!now.flip().equals(bytes.duplicate().rewind())) {
                throw new GoneException();
            }
        }
    }
}
