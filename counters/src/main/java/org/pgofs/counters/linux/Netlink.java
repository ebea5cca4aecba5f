package org.pgofs.counters.linux;

import static org.pgofs.counters.linux.Abi.AF_NETLINK;
import static org.pgofs.counters.linux.Abi.EFD_CLOEXEC;
import static org.pgofs.counters.linux.Abi.EFD_NONBLOCK;
import static org.pgofs.counters.linux.Abi.NETLINK_ADDRESS_GROUPS;
import static org.pgofs.counters.linux.Abi.NETLINK_ADDRESS_PID;
import static org.pgofs.counters.linux.Abi.NETLINK_ADDRESS_SIZE;
import static org.pgofs.counters.linux.Abi.POLLFD_EVENTS;
import static org.pgofs.counters.linux.Abi.POLLFD_SIZE;
import static org.pgofs.counters.linux.Abi.POLLIN;
import static org.pgofs.counters.linux.Abi.SOCK_CLOEXEC;
import static org.pgofs.counters.linux.Abi.SOCK_NONBLOCK;
import static org.pgofs.counters.linux.Abi.SOCK_RAW;
import static org.pgofs.counters.linux.Abi.SOL_SOCKET;
import static org.pgofs.counters.linux.Abi.SO_RCVBUFFORCE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import jnr.constants.platform.Errno;

/**
 * A socket on which the kernel tells what happens, netlink(7). {@link #drain} and {@link #await} may be called by two
 * threads.
 */
final class Netlink implements AutoCloseable {
    private static final int MESSAGE = 1 << 14;

    /** A machine that plugs in a thousand devices, or starts 50,000 processes, at once sends some megabytes. */
    private static final int QUEUE = 8 << 20;

    private final int socket;
    private final int wakeup;
    private final ByteBuffer message = direct(MESSAGE);
    private final ByteBuffer sender = direct(NETLINK_ADDRESS_SIZE);
    private final ByteBuffer senderSize = direct(Integer.BYTES);
    private final ByteBuffer polled = direct(2 * POLLFD_SIZE);
    private final ByteBuffer wakeups = direct(Long.BYTES);
    private final ByteBuffer oneWakeup = direct(Long.BYTES).putLong(0, 1);

    /**
     * Listens from now on.
     *
     * @param protocol NETLINK_*
     * @param group the first group is 1
     * @throws IOException if the kernel does not let this process listen
     */
    Netlink(int protocol, int group) throws IOException {
        socket = Linux.check(
                LibC.INSTANCE.socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol),
                "a socket for the kernel's events");
        try {
            ByteBuffer size = direct(Integer.BYTES).putInt(0, QUEUE);
            LibC.INSTANCE.setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, size, Integer.BYTES); // or what there is
            ByteBuffer address =
                    direct(NETLINK_ADDRESS_SIZE).putShort(0, (short) AF_NETLINK).putInt(NETLINK_ADDRESS_GROUPS, group);
            Linux.check(LibC.INSTANCE.bind(socket, address, NETLINK_ADDRESS_SIZE), "listening to the kernel's events");
            wakeup = Linux.check(LibC.INSTANCE.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
        } catch (IOException e) {
            Linux.close(socket);
            throw e;
        }
    }

    static ByteBuffer direct(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
    }

    /** Sends a message to the kernel. */
    void send(ByteBuffer bytes) throws IOException {
        Linux.check(LibC.INSTANCE.write(socket, bytes, bytes.remaining()), "asking for the kernel's events");
    }

    /**
     * Receives all messages so far, oldest first.
     *
     * @param messages takes each, which is not to be kept
     * @return whether messages were lost before
     */
    boolean drain(Consumer<ByteBuffer> messages) throws IOException {
        boolean lost = false;
        while (true) {
            senderSize.putInt(0, NETLINK_ADDRESS_SIZE);
            long size = LibC.INSTANCE.recvfrom(socket, message.clear(), MESSAGE, 0, sender, senderSize);
            if (size == -1) {
                Errno errno = Linux.errno();
                if (errno == Errno.EAGAIN) {
                    return lost;
                }
                if (errno == Errno.ENOBUFS) {
                    lost = true;
                } else if (errno != Errno.EINTR) {
                    throw Linux.failure("the kernel's events");
                }
            } else if (sender.getInt(NETLINK_ADDRESS_PID) == 0) { // of the kernel, and of no process
                messages.accept(message.limit((int) size));
            }
        }
    }

    /** Waits for a message, or for {@link #wake}. */
    void await() {
        polled.putInt(0, wakeup).putShort(POLLFD_EVENTS, POLLIN);
        polled.putInt(POLLFD_SIZE, socket).putShort(POLLFD_SIZE + POLLFD_EVENTS, POLLIN);
        LibC.INSTANCE.poll(polled, 2, -1);
        LibC.INSTANCE.read(wakeup, wakeups, Long.BYTES);
    }

    /** Ends the waiting, or the next one. */
    void wake() throws IOException {
        Linux.check(LibC.INSTANCE.write(wakeup, oneWakeup, Long.BYTES), "eventfd");
    }

    @Override
    public void close() {
        Linux.close(socket);
        Linux.close(wakeup);
    }
}
