package org.pgofs.fs.fuse;

import static org.pgofs.counters.linux.Abi.STAT_SIZE;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pgofs.fs.Directory;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.pgofs.fs.open.Inode;

/**
 * Makes answers to requests. What an answer is made of lies in memory of the thread that makes it and sends it before it
 * makes another one: libfuse has copied it when its function returns.
 */
final class Replies {
    // struct fuse_entry_param; its generation and the time that its name is valid stay 0
    private static final int ENTRY_STAT = 16;
    private static final int ENTRY_ATTRIBUTES_VALID = ENTRY_STAT + STAT_SIZE;
    private static final int ENTRY_SIZE = ENTRY_ATTRIBUTES_VALID + 2 * Double.BYTES;
    private static final int DIRENT_HEADER = 24;
    private static final int UNKNOWN_TYPE = 0;
    private static final int DIRECTORY_SIZE = 1 << 16;

    /**
     * How long the attributes are valid that a look-up of a directory found, in seconds: they change by this mount alone, and
     * the next step of the path asks for them. Those of a file depend on who has it open; and those of the root, which nobody
     * looks up, tell the watchdog whether the mount is dead.
     */
    private static final double VALID = 1;

    /** What libfuse's upper interface tells of all names in a directory. */
    private static final long UNKNOWN_NUMBER = 0xffff_ffffL;

    private final MemoryIO memory = MemoryIO.getInstance();
    private final Native.Fuse fuse;
    private final Attributes attributes;
    private final ThreadLocal<Buffers> buffers;

    /** Fills in a file's bytes. */
    interface Content {
        int read(ByteBuffer target) throws FsException;
    }

    /** An answer, ready to be sent: whoever waits for it may ask again before this returns. */
    interface Answer {
        void send() throws FsException;
    }

    /** Undoes what nobody is there any more to use. */
    interface Undo {
        void run() throws FsException;
    }

    /** One thread's. */
    private static final class Buffers {
        private final ByteBuffer entry = ByteBuffer.allocateDirect(ENTRY_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        private final ByteBuffer bytes;

        Buffers(int maxRead) {
            bytes = ByteBuffer.allocateDirect(maxRead).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /**
     * Answers.
     *
     * @param maxRead the most bytes that are asked for at once
     */
    Replies(Native.Fuse fuse, Attributes attributes, int maxRead) {
        this.fuse = fuse;
        this.attributes = attributes;
        buffers = ThreadLocal.withInitial(() -> new Buffers(Math.max(maxRead, DIRECTORY_SIZE)));
    }

    void error(long request, Errno errno) {
        fuse.fuse_reply_err(request, errno.number());
    }

    Answer done(long request) {
        return () -> fuse.fuse_reply_err(request, 0);
    }

    void none(long request) {
        fuse.fuse_reply_none(request);
    }

    /** What a name leads to; {@code lost} runs if nobody is there any more who gets it. */
    Answer entry(long request, Inode inode, Undo lost) throws FsException {
        ByteBuffer entry = buffers.get().entry;
        long address = memory.getDirectBufferAddress(entry);
        memory.setMemory(address, ENTRY_SIZE, (byte) 0);
        entry.putLong(0, inode.id());
        attributes.putFound(address + ENTRY_STAT, inode);
        entry.putDouble(ENTRY_ATTRIBUTES_VALID, inode.node() instanceof Directory ? VALID : 0);
        return () -> {
            if (fuse.fuse_reply_entry(request, address) != 0) {
                lost.run();
            }
        };
    }

    Answer attributes(long request, Inode inode) throws FsException {
        long address = memory.getDirectBufferAddress(buffers.get().entry);
        memory.setMemory(address, STAT_SIZE, (byte) 0);
        attributes.put(address, inode);
        return () -> fuse.fuse_reply_attr(request, address, 0);
    }

    /** A file or directory is open; {@code lost} runs if nobody is there any more who gets it. */
    Answer open(long request, long info, Undo lost) {
        return () -> {
            if (fuse.fuse_reply_open(request, info) != 0) {
                lost.run();
            }
        };
    }

    Answer written(long request, long count) {
        return () -> fuse.fuse_reply_write(request, count);
    }

    /** Some bytes of a file, as many as there are. */
    Answer content(long request, long size, Content content) throws FsException {
        ByteBuffer target = buffers.get().bytes;
        target.clear().limit((int) Math.min(size, target.capacity()));
        int count = content.read(target);
        if (count < 0 || count > size) {
            throw new IllegalStateException("a read of " + size + " bytes returned " + count);
        }
        return () -> fuse.fuse_reply_buf(request, memory.getDirectBufferAddress(target), count);
    }

    /**
     * As many names as there is room for, from one on; each is a {@code struct fuse_dirent}:
     *
     * <pre>
     *   u64 number of the node, u64 where the next one is, u32 size of the name, u32 type, name; zeros to a multiple of 8
     * </pre>
     */
    Answer names(long request, List<String> names, int first, long size) {
        ByteBuffer target = buffers.get().bytes;
        target.clear().limit((int) Math.min(size, target.capacity()));
        for (int i = first; i < names.size(); i++) {
            byte[] name = names.get(i).getBytes(StandardCharsets.UTF_8);
            int end = target.position() + padded(DIRENT_HEADER + name.length);
            if (end > target.limit()) {
                break;
            }
            target.putLong(UNKNOWN_NUMBER).putLong(i + 1L).putInt(name.length).putInt(UNKNOWN_TYPE);
            target.put(name);
            while (target.position() < end) {
                target.put((byte) 0);
            }
        }
        return () -> fuse.fuse_reply_buf(request, memory.getDirectBufferAddress(target), target.position());
    }

    private static int padded(int size) {
        return (size + Long.BYTES - 1) & -Long.BYTES;
    }

    Answer fileSystem(long request) {
        long address = memory.getDirectBufferAddress(buffers.get().entry);
        memory.setMemory(address, ENTRY_SIZE, (byte) 0);
        attributes.putFileSystem(address);
        return () -> fuse.fuse_reply_statfs(request, address);
    }
}
