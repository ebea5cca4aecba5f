package org.pgofs.counters.linux;

import static org.pgofs.counters.linux.Abi.EFD_CLOEXEC;
import static org.pgofs.counters.linux.Abi.EFD_NONBLOCK;
import static org.pgofs.counters.linux.Abi.INOTIFY_MASK;
import static org.pgofs.counters.linux.Abi.INOTIFY_NAME_SIZE;
import static org.pgofs.counters.linux.Abi.INOTIFY_SIZE;
import static org.pgofs.counters.linux.Abi.IN_CLOEXEC;
import static org.pgofs.counters.linux.Abi.IN_CLOSE_WRITE;
import static org.pgofs.counters.linux.Abi.IN_MOVED_TO;
import static org.pgofs.counters.linux.Abi.IN_NONBLOCK;
import static org.pgofs.counters.linux.Abi.IN_ONLYDIR;
import static org.pgofs.counters.linux.Abi.IN_Q_OVERFLOW;
import static org.pgofs.counters.linux.Abi.POLLFD_EVENTS;
import static org.pgofs.counters.linux.Abi.POLLFD_HAPPENED;
import static org.pgofs.counters.linux.Abi.POLLFD_SIZE;
import static org.pgofs.counters.linux.Abi.POLLIN;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Says what happens to the files of one directory, by inotify: the JDK's WatchService cannot report that the last
 * writer closed a file. An event is queued before the system call that caused it returns, so {@link #drain} gives
 * everything that happened before it was called.
 */
public final class DirectoryWatch implements AutoCloseable {
    private static final int GATHER_MS = 20;
    private static final int BUFFER = 1 << 16;

    // Two queues: endless closes must not push out publications, since then all files would have to be checked.
    private final int published;
    private final int closed;
    private final int wakeup;
    // A native call gets only the address of a buffer: without a reference here, the buffer may be freed while the
    // kernel writes to it.
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.nativeOrder());
    private final ByteBuffer polled = ByteBuffer.allocateDirect(3 * POLLFD_SIZE).order(ByteOrder.nativeOrder());
    private final ByteBuffer wakeups = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    private final ByteBuffer oneWakeup =
            ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, 1);

    /** Set by the thread that drains, and read by the one that waits. */
    private volatile boolean hasMore;

    /** What happened to a name. */
    public enum Kind {
        /** The file has a new name, under which it is complete. */
        PUBLISHED,
        /** The last description that could write to the file is gone, mappings included. */
        CLOSED,
        /** Events of publications were lost; the name is empty. */
        LOST,
        /** Events of closes were lost; the name is empty. */
        CLOSES_LOST
    }

    public record Event(Kind kind, String name) {}

    public DirectoryWatch(Path directory) throws IOException {
        published = queue(directory, IN_MOVED_TO);
        closed = queue(directory, IN_CLOSE_WRITE);
        wakeup = Linux.check(LibC.INSTANCE.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
    }

    private static int queue(Path directory, int mask) throws IOException {
        int queue = Linux.check(LibC.INSTANCE.inotify_init1(IN_NONBLOCK | IN_CLOEXEC), "inotify_init1");
        Linux.check(
                LibC.INSTANCE.inotify_add_watch(queue, directory.toString(), mask | IN_ONLYDIR), "inotify_add_watch");
        return queue;
    }

    /**
     * All publications so far, oldest first, and then the oldest closes; the caller drains again for the others. Events
     * that come while it reads are left for the next call: endless renaming must not keep it here. Not thread-safe.
     */
    public List<Event> drain() throws IOException {
        // First: so every file whose close is reported has been reported as published.
        int queued = Linux.readable(closed);
        hasMore = queued > BUFFER;
        List<Event> closes = drain(closed, Kind.CLOSED, Kind.CLOSES_LOST, Math.min(queued, BUFFER));
        List<Event> events = drain(published, Kind.PUBLISHED, Kind.LOST, Linux.readable(published));
        events.addAll(closes);
        return events;
    }

    /** Whether the last {@link #drain} may have left closes in the queue. */
    public boolean hasMore() {
        return hasMore;
    }

    private List<Event> drain(int queue, Kind kind, Kind lost, int bytes) throws IOException {
        List<Event> events = new ArrayList<>();
        int queued = bytes;
        while (queued > 0) {
            int size = (int) Linux.check(LibC.INSTANCE.read(queue, buffer.clear(), BUFFER), "reading inotify events");
            for (int at = 0; at < size; at += INOTIFY_SIZE + buffer.getInt(at + INOTIFY_NAME_SIZE)) {
                boolean isLost = (buffer.getInt(at + INOTIFY_MASK) & IN_Q_OVERFLOW) != 0;
                events.add(isLost ? new Event(lost, "") : new Event(kind, name(at)));
            }
            queued -= size;
        }
        return events;
    }

    private String name(int at) {
        byte[] name = new byte[buffer.getInt(at + INOTIFY_NAME_SIZE)];
        buffer.get(at + INOTIFY_SIZE, name);
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        return new String(name, 0, length, StandardCharsets.ISO_8859_1);
    }

    /**
     * Waits for an event or for {@link #wake}. After an event it waits a little longer for others, unless there are
     * some already: a build causes hundreds in a second, and its programs need the processors. Not thread-safe.
     *
     * @param milliseconds how long at most, -1 for ever
     */
    public void await(int milliseconds) {
        polled.putInt(0, wakeup).putShort(POLLFD_EVENTS, POLLIN);
        polled.putInt(POLLFD_SIZE, published).putShort(POLLFD_SIZE + POLLFD_EVENTS, POLLIN);
        polled.putInt(2 * POLLFD_SIZE, closed).putShort(2 * POLLFD_SIZE + POLLFD_EVENTS, POLLIN);
        LibC.INSTANCE.poll(polled, 3, milliseconds);
        boolean happened = polled.getShort(POLLFD_SIZE + POLLFD_HAPPENED) != 0
                || polled.getShort(2 * POLLFD_SIZE + POLLFD_HAPPENED) != 0;
        if (happened && !hasMore) {
            LibC.INSTANCE.poll(polled, 1, GATHER_MS);
        }
        LibC.INSTANCE.read(wakeup, wakeups, Long.BYTES);
    }

    /** Ends the present wait, or else the next one. */
    public void wake() throws IOException {
        Linux.check(LibC.INSTANCE.write(wakeup, oneWakeup, Long.BYTES), "eventfd");
    }

    @Override
    public void close() {
        Linux.close(published);
        Linux.close(closed);
        Linux.close(wakeup);
    }
}
