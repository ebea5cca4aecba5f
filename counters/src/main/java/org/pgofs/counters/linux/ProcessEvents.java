package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel's proc connector (connector.rst, linux/cn_proc.h) tells of all processes. An event is queued before the
 * system call that caused it returns. Only in the machine's own pid and network namespaces are there any. {@link #drain} and
 * {@link #await} may be called by two threads.
 *
 * <pre>
 *   nlmsghdr 16 bytes | cn_msg 20 bytes | what u32 | cpu u32 | time u64 | of a fork: parent's thread and process, child's
 *                                                                      | thread and process; else: thread and process, u32 each
 * </pre>
 */
public final class ProcessEvents implements AutoCloseable {
    private static final int NETLINK_CONNECTOR = 11;
    private static final int CN_IDX_PROC = 1;
    private static final int CN_VAL_PROC = 1;
    private static final int PROC_CN_MCAST_LISTEN = 1;
    private static final short NLMSG_DONE = 3;

    private static final int HEADER = 16;
    private static final int DATA_SIZE_AT = HEADER + 16;
    private static final int EVENT = HEADER + 20;
    private static final int BODY = EVENT + 16;
    private static final int FORK_SIZE = BODY + 16;
    private static final int OTHER_SIZE = BODY + 8;

    private static final int WHAT_ANSWER = 0;
    private static final int WHAT_FORK = 1;
    private static final int WHAT_EXEC = 2;

    private final Netlink netlink = new Netlink(NETLINK_CONNECTOR, CN_IDX_PROC);

    /** What happened to a process. */
    public enum Kind {
        /** It is the child of another one. */
        FORKED,
        /** It runs another program. */
        EXECUTED,
        /** Events were lost; the numbers are 0. */
        LOST,
        /** This process may listen. */
        ANSWERED
    }

    /**
     * An event.
     *
     * @param kind what happened
     * @param pid to which process
     * @param parent of a child, otherwise 0
     */
    public record Event(Kind kind, int pid, int parent) {}

    /**
     * Listens from now on.
     *
     * @throws IOException if the kernel does not let this process listen; the message says why
     */
    public ProcessEvents() throws IOException {
        try {
            // Before Linux 6.6 all events are sent, and whoever asks for some gets no answer, as whoever may not
            // listen.
            if (!isAnswered(PROC_CN_MCAST_LISTEN, WHAT_FORK | WHAT_EXEC) && !isAnswered(PROC_CN_MCAST_LISTEN)) {
                throw new IOException("the kernel sends no events of processes here");
            }
        } catch (IOException | RuntimeException e) {
            netlink.close();
            throw e;
        }
    }

    /** Asks for events. */
    private boolean isAnswered(int... request) throws IOException {
        int size = request.length * Integer.BYTES;
        ByteBuffer message = Netlink.direct(EVENT + size);
        message.putInt(0, message.capacity()).putShort(4, NLMSG_DONE);
        message.putInt(HEADER, CN_IDX_PROC).putInt(HEADER + 4, CN_VAL_PROC).putShort(DATA_SIZE_AT, (short) size);
        for (int i = 0; i < request.length; i++) {
            message.putInt(EVENT + i * Integer.BYTES, request[i]);
        }
        netlink.send(message);
        return drain().stream().anyMatch(event -> event.kind == Kind.ANSWERED);
    }

    /** All events so far, oldest first; those of threads are left out. */
    public List<Event> drain() throws IOException {
        List<Event> events = new ArrayList<>();
        if (netlink.drain(message -> add(message, events))) {
            events.add(new Event(Kind.LOST, 0, 0));
        }
        return events;
    }

    private static void add(ByteBuffer message, List<Event> events) {
        if (message.limit() < OTHER_SIZE || message.getInt(HEADER) != CN_IDX_PROC) {
            return;
        }
        switch (message.getInt(EVENT)) {
            case WHAT_ANSWER -> {
                if (message.getInt(BODY) == 0) { // no error
                    events.add(new Event(Kind.ANSWERED, 0, 0));
                }
            }
            case WHAT_FORK -> {
                if (message.limit() >= FORK_SIZE) {
                    addFork(message, events);
                }
            }
            case WHAT_EXEC -> events.add(new Event(Kind.EXECUTED, message.getInt(BODY + 4), 0));
            default -> {} // nothing that changes what there is to read
        }
    }

    private static void addFork(ByteBuffer message, List<Event> events) {
        int thread = message.getInt(BODY + 8);
        int process = message.getInt(BODY + 12);
        if (thread == process) {
            events.add(new Event(Kind.FORKED, process, message.getInt(BODY + 4)));
        }
    }

    /** Waits for an event, or for {@link #wake}. */
    public void await() {
        netlink.await();
    }

    /** Ends the waiting, or the next one. */
    public void wake() throws IOException {
        netlink.wake();
    }

    @Override
    public void close() {
        netlink.close();
    }
}
