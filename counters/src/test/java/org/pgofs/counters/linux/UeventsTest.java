package org.pgofs.counters.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.linux.ModuleEvents.Event;
import org.pgofs.counters.linux.ModuleEvents.Kind;

/** The events of the kernel; needs root. */
class UeventsTest {
    @Test
    void shouldTellModulesThatComeAndGo() {
        assertEquals(
                Optional.of(new Event(Kind.LOADED, "ext2")),
                Uevents.parse("add@/module/ext2\0ACTION=add\0DEVPATH=/module/ext2\0"));
        assertEquals(Optional.of(new Event(Kind.UNLOADED, "loop")), Uevents.parse("remove@/module/loop\0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "add@/devices/virtual/net/lo",
                "add@/module/",
                "add@/module/ext2/holders/a",
                "change@/module/ext2",
                "libudev",
                "x\0add@/module/ext2",
                "add@/module/a@/module/b"
            })
    void shouldPassOverOthers(String message) {
        assertEquals(Optional.empty(), Uevents.parse(message));
    }

    /** The kernel sends the event of a device again for whoever writes to this file; which is none of a module. */
    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void shouldHearTheKernel() throws IOException {
        try (Uevents events = new Uevents()) {
            Files.writeString(Path.of("/sys/class/net/lo/uevent"), "add", StandardOpenOption.WRITE);
            events.await();
            assertEquals(List.of(), events.drain());

            events.wake();
            events.await();
            assertEquals(List.of(), events.drain());
        }
    }
}
