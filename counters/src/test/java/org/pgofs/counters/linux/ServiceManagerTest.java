package org.pgofs.counters.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceManagerTest {
    private static final long SELF = ProcessHandle.current().pid();

    @TempDir
    Path directory;

    /** The other end, as systemd has it: binds a name and receives one message. */
    private static String receive(byte[] name, ServiceManager manager, String... assignments) throws IOException {
        int socket = Linux.check(LibC.INSTANCE.socket(1, 2 | 0x80000, 0), "socket");
        try {
            ByteBuffer address = ByteBuffer.allocateDirect(2 + name.length).order(ByteOrder.nativeOrder());
            address.putShort(0, (short) 1).put(2, name);
            Linux.check(LibC.INSTANCE.bind(socket, address, address.capacity()), "bind");
            manager.tell(assignments);
            ByteBuffer message = ByteBuffer.allocateDirect(1000);
            ByteBuffer size = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
            ByteBuffer sender = ByteBuffer.allocateDirect(200);
            long count = LibC.INSTANCE.recvfrom(socket, message, 1000, 0x40, sender, size.putInt(0, 200));
            byte[] bytes = new byte[(int) Linux.check(count, "recvfrom")];
            message.get(0, bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } finally {
            Linux.close(socket);
        }
    }

    @Test
    void shouldTellASocketWithAFile() throws IOException {
        String path = directory.resolve("notify").toString();
        ServiceManager manager =
                ServiceManager.of(Map.of("NOTIFY_SOCKET", path)).orElseThrow();
        byte[] name = path.getBytes(StandardCharsets.UTF_8);

        assertEquals("READY=1\nSTATUS=täglich", receive(name, manager, "READY=1", "STATUS=täglich"));
    }

    @Test
    void shouldTellASocketWithoutAFile() throws IOException {
        String name = "pgofs-test-" + SELF;
        ServiceManager manager =
                ServiceManager.of(Map.of("NOTIFY_SOCKET", "@" + name)).orElseThrow();

        assertEquals("WATCHDOG=1", receive(("\0" + name).getBytes(StandardCharsets.UTF_8), manager, "WATCHDOG=1"));
    }

    @Test
    void shouldSayThatNobodyListens() {
        ServiceManager manager = ServiceManager.of(
                        Map.of("NOTIFY_SOCKET", directory.resolve("none").toString()))
                .orElseThrow();

        assertTrue(assertThrows(IOException.class, () -> manager.tell("READY=1"))
                .getMessage()
                .contains("No such file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "@", "relative", "vsock:2:3"})
    void shouldPassOverWhatItDoesNotKnow(String socket) {
        assertEquals(Optional.empty(), ServiceManager.of(Map.of("NOTIFY_SOCKET", socket)));
        assertEquals(Optional.empty(), ServiceManager.of(Map.of()));
        assertEquals(Optional.empty(), ServiceManager.of(Map.of("NOTIFY_SOCKET", "/" + "x".repeat(107))));
    }

    /** What is meant for a parent is not for its children. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "120000000, self, 120",
                "120000000, none, 120",
                "120000000, 1, none",
                "0, self, none",
                "soon, self, none",
                "-5, self, none",
                "999999999999999999, self, 999999999999",
                "none, none, none"
            })
    void shouldKnowHowLongItMayBeSilent(String micros, String pid, Long seconds) {
        Map<String, String> environment = new java.util.HashMap<>(Map.of("NOTIFY_SOCKET", "@any"));
        if (micros != null) {
            environment.put("WATCHDOG_USEC", micros);
        }
        if (pid != null) {
            environment.put("WATCHDOG_PID", pid.equals("self") ? String.valueOf(SELF) : pid);
        }

        assertEquals(
                Optional.ofNullable(seconds),
                ServiceManager.of(environment).orElseThrow().watchdog().map(Duration::toSeconds));
    }
}
