package org.pgofs.daemon.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgofs.profraw.RawLayouts;

class LlvmRangeTest {
    private static final Path README = Path.of("../README.md");

    @Test
    void shouldKnowTheReadersOfEveryVersionThatIsWritten() {
        int next = LlvmRange.of(RawLayouts.supported().first()).orElseThrow().first();
        for (int version : RawLayouts.supported()) {
            LlvmRange range = LlvmRange.of(version).orElseThrow();
            assertEquals(next, range.first(), "raw version " + version);
            next = range.last() + 1;
        }
    }

    @Test
    void shouldAgreeWithTheTableOfCompilers() throws IOException {
        List<String> lines = Files.readAllLines(README);
        int row = lines.stream()
                .map(line -> line.startsWith("| raw profile version |"))
                .toList()
                .indexOf(true);
        List<String> versions = cells(lines.get(row));
        List<String> compilers = cells(lines.get(row - 2));

        assertEquals(compilers.size(), versions.size());
        for (int i = 1; i < compilers.size(); i++) {
            int clang = Integer.parseInt(compilers.get(i).replace("clang ", ""));
            assertTrue(
                    LlvmRange.of(Integer.parseInt(versions.get(i)))
                            .orElseThrow()
                            .contains(clang),
                    "clang " + clang);
        }
    }

    private static List<String> cells(String row) {
        String[] cells = row.split("\\|", -1);
        return Arrays.stream(cells, 1, cells.length - 1).map(String::strip).toList();
    }
}
