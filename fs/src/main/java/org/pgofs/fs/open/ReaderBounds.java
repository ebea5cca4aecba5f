package org.pgofs.fs.open;

import java.util.HashMap;
import java.util.Map;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much those who read may make this process hold: open files and directories, and the memory of what they read.
 *
 * <ol>
 *   <li>A user has a part of it, and all users together have half: root and the owner of the mount read beside them,
 *       whatever they do.
 *   <li>Root and the owner together have all that others leave. One file is theirs in any case, however large it is.
 * </ol>
 *
 * Thread-safe.
 */
public final class ReaderBounds {
    /** Open files and directories: of a user, of all users but root and the owner, and of everybody. */
    static final int OPEN_OF_USER = 1024;

    static final int OPEN_OF_OTHERS = 4096;
    static final int OPEN = 16384;

    private static final Logger LOG = LoggerFactory.getLogger(ReaderBounds.class);

    /** The memory of everybody: one part in so many of the Java heap. */
    private static final int HEAP_SHARE = 4;

    /** Of the memory: those of a user, and of all users but root and the owner. */
    private static final int USER_SHARE = 8;

    private static final int OTHERS_SHARE = 2;

    private final int owner;
    private final long memory;
    private final Map<Integer, Held> users = new HashMap<>();
    private final Held others = new Held();
    private final Held all = new Held();

    private static final class Held {
        private int open;
        private long bytes;
        private boolean refused;

        void change(int moreOpen, long moreBytes) {
            open += moreOpen;
            bytes += moreBytes;
        }
    }

    /**
     * Bounds by the size of the Java heap.
     *
     * @param owner of the mount, who is bounded as root is
     */
    public static ReaderBounds of(int owner) {
        return new ReaderBounds(owner, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /**
     * Nothing is held yet.
     *
     * @param owner of the mount, who is bounded as root is
     * @param memory of everybody, in bytes
     */
    ReaderBounds(int owner, long memory) {
        this.owner = owner;
        this.memory = memory;
    }

    /**
     * One more file or directory is open.
     *
     * @param user who opens it
     * @return to be closed with it
     * @throws FsException {@link Errno#EMFILE} if there are too many
     */
    public synchronized Account open(int user) throws FsException {
        Held held = users.getOrDefault(user, new Held());
        boolean fits =
                all.open < OPEN && (isPrivileged(user) || (held.open < OPEN_OF_USER && others.open < OPEN_OF_OTHERS));
        if (!fits) {
            refuse(user, held);
            throw new FsException(Errno.EMFILE, "too much is open");
        }
        users.put(user, held);
        change(user, 1, 0);
        return new Account(user);
    }

    private boolean isPrivileged(int user) {
        return user == 0 || user == owner;
    }

    private void change(int user, int open, long bytes) {
        users.get(user).change(open, bytes);
        all.change(open, bytes);
        if (!isPrivileged(user)) {
            others.change(open, bytes);
        }
    }

    private synchronized boolean hold(int user, long bytes) {
        Held held = users.get(user);
        boolean fits = isPrivileged(user)
                ? all.bytes == others.bytes || all.bytes + bytes <= memory
                : held.bytes + bytes <= memory / USER_SHARE
                        && others.bytes + bytes <= memory / OTHERS_SHARE
                        && all.bytes + bytes <= memory;
        if (fits) {
            change(user, 0, bytes);
        } else {
            refuse(user, held);
        }
        return fits;
    }

    private static void refuse(int user, Held held) {
        if (!held.refused) {
            LOG.warn(
                    "user {} has {} open files with {} bytes, and is refused more",
                    Integer.toUnsignedString(user),
                    held.open,
                    held.bytes);
            held.refused = true;
        }
    }

    private synchronized void close(int user, long bytes) {
        change(user, -1, -bytes);
        if (users.get(user).open == 0) {
            users.remove(user);
        }
    }

    /** What one open file or directory holds. */
    public final class Account implements AutoCloseable {
        private final int user;
        private long held;
        private boolean closed;

        private Account(int user) {
            this.user = user;
        }

        /**
         * It holds memory.
         *
         * @param bytes more than before
         * @return whether there is room for it; otherwise it is to be let go of
         */
        public synchronized boolean hold(long bytes) {
            boolean fits = ReaderBounds.this.hold(user, bytes);
            held += fits ? bytes : 0;
            return fits;
        }

        /** It holds nothing more. Further calls do nothing. */
        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                ReaderBounds.this.close(user, held);
            }
        }
    }
}
