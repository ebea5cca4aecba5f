package org.pgofs.counters.process;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory of a process, by {@code /proc/PID/mem}: it is only read, and the process notices nothing. The open file is of
 * one address space: when the process ends or calls exec, there is nothing more to read. Another reader than before has to
 * open it again, and sees by the process's stack whether it is another one meanwhile.
 */
final class AddressSpace {
    private static final long HIGHEST = 1L << 56;

    private final ProcessStat process;
    private ForeignReader reader;
    private long file;

    /** That of a process; not opened yet. */
    AddressSpace(ProcessStat process) {
        this.process = process;
    }

    /**
     * Has it read by a reader from now on.
     *
     * @throws IOException if there is none any more, or it is another process meanwhile
     */
    void readBy(ForeignReader next) throws IOException {
        if (next == reader) {
            return;
        }
        reader = null;
        long opened = next.open("/proc/" + process.pid() + "/mem");
        ProcessStat now = ProcessStat.of(process.pid());
        if (now.startTime() != process.startTime() || !now.hasStackOf(process)) {
            next.close(opened);
            throw new IOException("has ended");
        }
        reader = next;
        file = opened;
    }

    /**
     * Fills a buffer.
     *
     * @param target direct; its position moves to its limit
     * @throws IOException if not all of it is there
     */
    void read(long address, ByteBuffer target) throws IOException {
        if (address < 0 || address > HIGHEST || !reader.read(file, address, target)) {
            throw new EOFException("has no memory at 0x" + Long.toHexString(address));
        }
    }

    /** The bytes at an address, little-endian. */
    ByteBuffer read(long address, int size) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
        read(address, target);
        return target.flip();
    }

    /** Lets go of the open file, unless its reader was ended. */
    void close() {
        if (reader != null) {
            ForeignReader last = reader;
            reader = null;
            last.close(file);
        }
    }
}
