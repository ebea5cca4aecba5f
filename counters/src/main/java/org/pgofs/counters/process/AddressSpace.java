package org.pgofs.counters.process;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.pgofs.counters.linux.Linux;

/**
 * The memory of a process, by {@code /proc/PID/mem}: it is only read, and the process notices nothing. The open file is of
 * one address space: when the process ends or calls exec, there is nothing more to read. To read may take for ever
 * ({@link Patience}).
 */
final class AddressSpace implements AutoCloseable {
    private static final long HIGHEST = 1L << 56;

    private final int fd;

    private AddressSpace(int fd) {
        this.fd = fd;
    }

    /**
     * Opens the memory of a process.
     *
     * @throws IOException if there is none, or it is another process meanwhile
     */
    static AddressSpace open(ProcessStat process) throws IOException {
        AddressSpace memory = new AddressSpace(Linux.openForReading(Path.of("/proc/" + process.pid() + "/mem")));
        try {
            if (ProcessStat.of(process.pid()).startTime() != process.startTime()) {
                throw new IOException("has ended");
            }
            return memory;
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    /**
     * Fills a buffer.
     *
     * @param target direct; its position moves to its limit
     * @throws IOException if not all of it is there
     */
    void read(long address, ByteBuffer target) throws IOException {
        if (address < 0 || address > HIGHEST || !Linux.readFully(fd, address, target)) {
            throw new EOFException("has no memory at 0x" + Long.toHexString(address));
        }
    }

    /** The bytes at an address, little-endian. */
    ByteBuffer read(long address, int size) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
        read(address, target);
        return target.flip();
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
