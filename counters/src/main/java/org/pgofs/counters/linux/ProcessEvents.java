package org.pgofs.counters.linux;

import static org.pgofs.counters.linux.Abi.CN_IDX_PROC;
import static org.pgofs.counters.linux.Abi.CN_VAL_PROC;
import static org.pgofs.counters.linux.Abi.CONNECTOR_DATA_SIZE;
import static org.pgofs.counters.linux.Abi.CONNECTOR_SIZE;
import static org.pgofs.counters.linux.Abi.CONNECTOR_VALUE;
import static org.pgofs.counters.linux.Abi.NETLINK_CONNECTOR;
import static org.pgofs.counters.linux.Abi.NETLINK_HEADER_SIZE;
import static org.pgofs.counters.linux.Abi.NETLINK_HEADER_TYPE;
import static org.pgofs.counters.linux.Abi.NLMSG_DONE;
import static org.pgofs.counters.linux.Abi.PROC_CN_MCAST_LISTEN;
import static org.pgofs.counters.linux.Abi.PROC_EVENT_DATA;
import static org.pgofs.counters.linux.Abi.PROC_EVENT_EXEC;
import static org.pgofs.counters.linux.Abi.PROC_EVENT_FORK;
import static org.pgofs.counters.linux.Abi.PROC_EVENT_NONE;
import static org.pgofs.counters.linux.Abi.PROC_EXEC_SIZE;
import static org.pgofs.counters.linux.Abi.PROC_FORK_SIZE;

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
    private static final int EVENT = NETLINK_HEADER_SIZE + CONNECTOR_SIZE;
    private static final int BODY = EVENT + PROC_EVENT_DATA;

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
            if (!isAnswered(PROC_CN_MCAST_LISTEN, PROC_EVENT_FORK | PROC_EVENT_EXEC)
                    && !isAnswered(PROC_CN_MCAST_LISTEN)) {
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
        message.putInt(0, message.capacity()).putShort(NETLINK_HEADER_TYPE, NLMSG_DONE);
        message.putInt(NETLINK_HEADER_SIZE, CN_IDX_PROC)
                .putInt(NETLINK_HEADER_SIZE + CONNECTOR_VALUE, CN_VAL_PROC)
                .putShort(NETLINK_HEADER_SIZE + CONNECTOR_DATA_SIZE, (short) size);
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
        if (message.limit() < BODY + PROC_EXEC_SIZE || message.getInt(NETLINK_HEADER_SIZE) != CN_IDX_PROC) {
            return;
        }
        switch (message.getInt(EVENT)) {
            case PROC_EVENT_NONE -> {
                if (message.getInt(BODY) == 0) { // no error
                    events.add(new Event(Kind.ANSWERED, 0, 0));
                }
            }
            case PROC_EVENT_FORK -> {
                if (message.limit() >= BODY + PROC_FORK_SIZE) {
                    addFork(message, events);
                }
            }
            case PROC_EVENT_EXEC -> events.add(new Event(Kind.EXECUTED, message.getInt(BODY + 4), 0));
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
