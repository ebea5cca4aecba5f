package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of record layouts in the runtime says the same as the fields here. */
class RuntimeRecordsTest {
    private static final Path RECORDS = Path.of("../counters/src/main/c/records.c");
    private static final Pattern ROW = Pattern.compile("^ +\\{(\\d+(?:, \\d+)+)\\},$", Pattern.MULTILINE);
    private static final Pattern LAST = Pattern.compile("#define LAST_VERSION (\\d+)");

    @Test
    void shouldBeThoseOfTheRuntime() throws IOException {
        String source = Files.readString(RECORDS);
        List<List<Integer>> rows = new ArrayList<>();
        Matcher row = ROW.matcher(source);
        while (row.find()) {
            rows.add(Arrays.stream(row.group(1).split(", "))
                    .map(Integer::valueOf)
                    .toList());
        }

        Matcher last = LAST.matcher(source);
        assertEquals(true, last.find());
        assertEquals(RawLayouts.supported().last(), Integer.valueOf(last.group(1)));
        for (int version : RawLayouts.supported()) {
            List<Integer> used = rows.stream()
                    .filter(candidate -> candidate.get(0) <= version)
                    .findFirst()
                    .orElseThrow();
            assertEquals(expected(used.get(0), version), used, "version " + version);
        }
    }

    /** A row of {@code struct pgofs_record_layout}. */
    private static List<Integer> expected(int first, int version) {
        RawLayout layout = RawLayouts.of(version);
        return List.of(
                first,
                layout.recordSize(),
                (int) layout.pointer(1, 1) == 0 ? 1 : 0,
                offset(layout, RecordField.BITMAP_POINTER),
                offset(layout, RecordField.FUNCTION_POINTER),
                offset(layout, RecordField.VALUES),
                offset(layout, RecordField.COUNTERS),
                offset(layout, RecordField.INDIRECT_CALL_SITES),
                layout.valueKinds(),
                offset(layout, RecordField.BITMAP_SIZE));
    }

    /** 0 for a field that the version does not have. */
    private static int offset(RawLayout layout, RecordField field) {
        int index = layout.record().indexOf(field);
        return layout.record().subList(0, Math.max(index, 0)).stream()
                .mapToInt(RecordField::size)
                .sum();
    }
}
