package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.constants.platform.Errno;

/**
 * The events that the kernel sends by netlink (NETLINK_KOBJECT_UEVENT): each is {@code ACTION@PATH} and a NUL, and lines that
 * are not needed here. {@link #drain} and {@link #await} may be called by two threads.
 */
public final class Uevents implements ModuleEvents {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int NETLINK_KOBJECT_UEVENT = 15;
    private static final int ADDRESS_SIZE = 12;
    private static final int PID_AT = 4;
    private static final int GROUPS_AT = 8;
    private static final int KERNELS_GROUP = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;

    /** A machine that plugs in a thousand devices at once sends about a megabyte. */
    private static final int QUEUE = 8 << 20;

    private static final int MESSAGE = 1 << 14;
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;
    private static final short POLLIN = 1;
    private static final int POLL_ENTRY = 8;

    private final int socket;
    private final int wakeup;
    private final ByteBuffer message = direct(MESSAGE);
    private final ByteBuffer sender = direct(ADDRESS_SIZE);
    private final ByteBuffer senderSize = direct(Integer.BYTES);
    private final ByteBuffer polled = direct(2 * POLL_ENTRY);
    private final ByteBuffer wakeups = direct(Long.BYTES);
    private final ByteBuffer oneWakeup = direct(Long.BYTES).putLong(0, 1);

    /**
     * Listens from now on.
     *
     * @throws IOException if the kernel does not let this process listen
     */
    public Uevents() throws IOException {
        socket = Linux.check(
                LibC.INSTANCE.socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT),
                "a socket for the kernel's events");
        try {
            ByteBuffer size = direct(Integer.BYTES).putInt(0, QUEUE);
            LibC.INSTANCE.setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, size, Integer.BYTES); // or what there is
            ByteBuffer address =
                    direct(ADDRESS_SIZE).putShort(0, (short) AF_NETLINK).putInt(GROUPS_AT, KERNELS_GROUP);
            Linux.check(LibC.INSTANCE.bind(socket, address, ADDRESS_SIZE), "listening to the kernel's events");
            wakeup = Linux.check(LibC.INSTANCE.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
        } catch (IOException e) {
            Linux.close(socket);
            throw e;
        }
    }

    private static ByteBuffer direct(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }

    @Override
    public List<Event> drain() throws IOException {
        List<Event> events = new ArrayList<>();
        while (true) {
            senderSize.putInt(0, ADDRESS_SIZE);
            long size = LibC.INSTANCE.recvfrom(socket, message.clear(), MESSAGE, 0, sender, senderSize);
            if (size == -1) {
                Errno errno = Linux.errno();
                if (errno == Errno.EAGAIN) {
                    return events;
                }
                if (errno == Errno.ENOBUFS) {
                    events.add(new Event(Kind.LOST, ""));
                } else if (errno != Errno.EINTR) {
                    throw Linux.failure("the kernel's events");
                }
            } else if (sender.getInt(PID_AT) == 0) { // of the kernel, and of no process
                byte[] bytes = new byte[(int) size];
                message.get(0, bytes);
                parse(new String(bytes, StandardCharsets.ISO_8859_1)).ifPresent(events::add);
            }
        }
    }

    /** The event of a message, if it is one of a module. */
    static Optional<Event> parse(String message) {
        int end = message.indexOf('\0');
        String[] head = (end < 0 ? message : message.substring(0, end)).split("@/module/", -1);
        if (head.length != 2 || head[1].isEmpty() || head[1].indexOf('/') >= 0) {
            return Optional.empty();
        }
        return switch (head[0]) {
            case "add" -> Optional.of(new Event(Kind.LOADED, head[1]));
            case "remove" -> Optional.of(new Event(Kind.UNLOADED, head[1]));
            default -> Optional.empty();
        };
    }

    @Override
    public void await() {
        polled.putInt(0, wakeup).putShort(4, POLLIN);
        polled.putInt(POLL_ENTRY, socket).putShort(POLL_ENTRY + 4, POLLIN);
        LibC.INSTANCE.poll(polled, 2, -1);
        LibC.INSTANCE.read(wakeup, wakeups, Long.BYTES);
    }

    @Override
    public void wake() throws IOException {
        Linux.check(LibC.INSTANCE.write(wakeup, oneWakeup, Long.BYTES), "eventfd");
    }

    @Override
    public void close() {
        Linux.close(socket);
        Linux.close(wakeup);
    }
}
