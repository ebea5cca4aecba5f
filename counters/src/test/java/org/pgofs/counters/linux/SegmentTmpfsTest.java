package org.pgofs.counters.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.segment.SegmentDirectory;

class SegmentTmpfsTest {
    @Test
    void shouldBeTheSameOneThatTheUnitMounts() throws IOException {
        List<String> unit = Files.readAllLines(Path.of("../systemd/run-pgofs.mount"));

        assertTrue(unit.contains("What=" + SegmentTmpfs.NAME), unit::toString);
        assertTrue(unit.contains("Where=" + SegmentDirectory.DEFAULT), unit::toString);
        String options = unit.stream()
                .filter(line -> line.startsWith("Options="))
                .findAny()
                .orElseThrow();
        assertEquals("Options=" + SegmentTmpfs.OPTIONS + ",nosuid,nodev,noexec", options);
    }
}
