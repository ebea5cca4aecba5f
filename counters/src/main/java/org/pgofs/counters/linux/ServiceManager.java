package org.pgofs.counters.linux;

import static org.pgofs.counters.linux.Abi.AF_UNIX;
import static org.pgofs.counters.linux.Abi.MSG_NOSIGNAL;
import static org.pgofs.counters.linux.Abi.SOCK_CLOEXEC;
import static org.pgofs.counters.linux.Abi.SOCK_DGRAM;
import static org.pgofs.counters.linux.Abi.UNIX_PATH;
import static org.pgofs.counters.linux.Abi.UNIX_PATH_MAX;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What has started this process and wants to hear of it, by the protocol of sd_notify(3): systemd, or the like. */
public final class ServiceManager {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private final ByteBuffer address;
    private final Optional<Duration> watchdog;

    private ServiceManager(ByteBuffer address, Optional<Duration> watchdog) {
        this.address = address;
        this.watchdog = watchdog;
    }

    /**
     * The one that an environment names.
     *
     * @param environment has NOTIFY_SOCKET, and WATCHDOG_USEC and WATCHDOG_PID where the manager wants to hear again and again
     * @return none if no socket is named that can be used
     */
    public static Optional<ServiceManager> of(Map<String, String> environment) {
        byte[] path = environment.getOrDefault("NOTIFY_SOCKET", "").getBytes(StandardCharsets.UTF_8);
        boolean known = path.length > 1 && path.length < UNIX_PATH_MAX && (path[0] == '/' || path[0] == '@');
        return known ? Optional.of(new ServiceManager(address(path), watchdog(environment))) : Optional.empty();
    }

    /** A name that begins with @ is one without a file: a NUL stands for the @. */
    private static ByteBuffer address(byte[] path) {
        ByteBuffer address = ByteBuffer.allocateDirect(UNIX_PATH + path.length).order(ByteOrder.nativeOrder());
        address.putShort(0, (short) AF_UNIX).put(UNIX_PATH, path);
        return path[0] == '@' ? address.put(UNIX_PATH, (byte) 0) : address;
    }

    private static Optional<Duration> watchdog(Map<String, String> environment) {
        String self = String.valueOf(ProcessHandle.current().pid());
        String micros = environment.getOrDefault("WATCHDOG_USEC", "");
        return NUMBER.matcher(micros).matches()
                        && environment.getOrDefault("WATCHDOG_PID", self).equals(self)
                ? Optional.of(Duration.of(Long.parseLong(micros), ChronoUnit.MICROS))
                        .filter(time -> !time.isZero())
                : Optional.empty();
    }

    /**
     * How long it waits for a sign of life before it ends this process.
     *
     * @return empty if it does not
     */
    public Optional<Duration> watchdog() {
        return watchdog;
    }

    /**
     * Tells it something.
     *
     * @param assignments such as {@code READY=1}; each of one line
     * @throws IOException if it cannot be told
     */
    public void tell(String... assignments) throws IOException {
        byte[] bytes = String.join("\n", assignments).getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
        int socket = Linux.check(
                LibC.INSTANCE.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "a socket for the service manager");
        try {
            Linux.check(
                    LibC.INSTANCE.sendto(
                            socket, message, bytes.length, MSG_NOSIGNAL, address.duplicate(), address.capacity()),
                    "telling the service manager");
        } finally {
            Linux.close(socket);
        }
    }
}
