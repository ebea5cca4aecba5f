package org.pgofs.counters.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MountTableTest {
    private static final MountTable TABLE = MountTable.parse(
            """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            23 22 0:21 / /a rw shared:2 master:1 - tmpfs tmpfs rw
            24 23 0:22 / /a rw - fuse.pgofs pgofs rw,user_id=0
            25 22 0:23 / /with\\040space\\134and\\011tab rw - tmpfs none rw
            26 22 0:24 / /gr\u00fcn rw - tmpfs none rw
            """);

    @Test
    void shouldShowTheLastMountOnAPath() {
        assertEquals(Optional.of(new MountTable.Entry("24", "0:22", "/a", "fuse.pgofs", "0")), TABLE.at(Path.of("/a")));
    }

    @Test
    void shouldSkipAnyNumberOfOptionalFields() {
        assertEquals("ext4", TABLE.at(Path.of("/")).orElseThrow().type());
        assertEquals("tmpfs", TABLE.mounts().get(1).type());
    }

    @Test
    void shouldDecodeEscapedNames() {
        assertEquals("/with space\\and\ttab", TABLE.mounts().get(3).mountPoint());
        assertEquals("/gr\u00fcn", TABLE.mounts().get(4).mountPoint());
    }

    @Test
    void shouldTakeCarriageReturnsForPartsOfNames() {
        MountTable table = MountTable.parse("25 22 0:23 / /a\rb\rc rw - tmpfs none rw\n");
        assertEquals(List.of(new MountTable.Entry("25", "0:23", "/a\rb\rc", "tmpfs", "")), table.mounts());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n", "25 22 0:23", "25 22 0:23 / /a rw", "25 22 - tmpfs none rw", "25 22 0:23 / /a rw -"})
    void shouldPassOverWhatIsNoMount(String line) {
        assertEquals(List.of(), MountTable.parse(line).mounts());
    }

    @Test
    void shouldFindNothingWhereNothingIsMounted() {
        assertEquals(Optional.empty(), TABLE.at(Path.of("/b")));
    }

    @Test
    void shouldReadTheKernelsTable() throws IOException {
        assertTrue(MountTable.read().at(Path.of("/proc")).isPresent());
    }
}
