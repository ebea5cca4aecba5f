package org.pgofs.daemon.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FilesOfFunctionsTest {
    /** A names section with a blob for each unit, not compressed. */
    private static ByteBuffer section(String... units) {
        ByteArrayOutputStream section = new ByteArrayOutputStream();
        for (String unit : units) {
            byte[] names = unit.replace(' ', '\1').getBytes(StandardCharsets.ISO_8859_1);
            section.write(names.length);
            section.write(0);
            section.writeBytes(names);
        }
        return ByteBuffer.wrap(section.toByteArray());
    }

    @Test
    void shouldGiveFunctionsTheFileOfTheirTranslationUnit() {
        assertEquals(
                Map.of("open", "a.c", "shut", "a.c", "lock", "dir/b.c"),
                FilesOfFunctions.of(section("open a.c;turn shut", "dir/b.c;bolt lock", "alone")));
    }

    @Test
    void shouldGiveNoFileToWhatIsOfAHeader() {
        assertEquals(Map.of("open", "a.c"), FilesOfFunctions.of(section("open inlined a.c;turn", "inlined b.c;bolt")));
        assertEquals(Map.of("open", "a.c"), FilesOfFunctions.of(section("inlined", "open inlined a.c;turn")));
    }

    @Test
    void shouldGiveNoFileWhereUnitsWereOptimisedTogether() {
        assertEquals(Map.of(), FilesOfFunctions.of(section("open a.c;turn b.c;bolt")));
    }
}
