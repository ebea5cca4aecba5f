package org.pgofs.counters.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNamesTest {
    private static final String ID = "0123456789abcdef";

    /** {@code cp *} takes it for a file, and lists it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-", "--help", "-rf", "+x", ".hidden", "..", "~root", "#a", "!b", "\u00e4", "", "a/", "=", "@f", "*"
            })
    void shouldBeginWithWhatIsPlainEverywhere(String base) {
        String name = ImageNames.of("/bin/" + base, ID, taken -> false);
        assertTrue(name.matches("[A-Za-z0-9_][A-Za-z0-9_.+-]*-01234567"), name);
    }

    @Test
    void shouldLeaveWhatIsPlain() {
        assertEquals("c++-9.1_x-01234567", ImageNames.of("/usr/bin/c++-9.1_x", ID, taken -> false));
    }

    @Test
    void shouldKeepApartWhatWouldLookTheSame() {
        Set<String> names = new HashSet<>();
        for (String base : new String[] {"-a", "~a", ".a", "_a", "+a"}) {
            names.add(ImageNames.of("/bin/" + base, ID, names::contains));
        }
        assertEquals(5, names.size());
    }

    @Test
    void shouldFindTheProgramOfAName() {
        assertEquals("tool-2", ImageNames.program(ImageNames.of("/bin/tool-2", ID, taken -> false)));
        assertEquals("tool", ImageNames.program(ImageNames.of("/bin/tool", ID, "tool-01234567"::equals)));
        assertEquals("tool", ImageNames.program(ImageNames.of("/bin/tool", "89ab", taken -> false)));
        assertEquals("unlike", ImageNames.program("unlike"));
    }
}
