package org.pgofs.counters.linux;

import static org.pgofs.counters.linux.Abi.NETLINK_KOBJECT_UEVENT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The events that the kernel sends by netlink (NETLINK_KOBJECT_UEVENT): each is {@code ACTION@PATH} and a NUL, and lines that
 * are not needed here. {@link #drain} and {@link #await} may be called by two threads.
 */
public final class Uevents implements ModuleEvents {
    private static final int KERNELS_GROUP = 1;

    private final Netlink netlink = new Netlink(NETLINK_KOBJECT_UEVENT, KERNELS_GROUP);

    /**
     * Listens from now on.
     *
     * @throws IOException if the kernel does not let this process listen
     */
    public Uevents() throws IOException {}

    @Override
    public List<Event> drain() throws IOException {
        List<Event> events = new ArrayList<>();
        boolean lost = netlink.drain(message ->
                parse(StandardCharsets.ISO_8859_1.decode(message).toString()).ifPresent(events::add));
        if (lost) {
            events.add(new Event(Kind.LOST, ""));
        }
        return events;
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
        netlink.await();
    }

    @Override
    public void wake() throws IOException {
        netlink.wake();
    }

    @Override
    public void close() {
        netlink.close();
    }
}
