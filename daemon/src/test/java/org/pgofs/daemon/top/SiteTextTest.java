package org.pgofs.daemon.top;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.ParsedProfile;

/** What one function's view says of its value sites. */
final class SiteTextTest {
    private final ValueCounts values = new ValueCounts();
    /** Behind one with a site, so that its own sites are not the first of the profile. */
    private final ParsedFunction caller = function(1, 0x1000, 1, List.of(2, 1, 0));

    private final ParsedProfile profile =
            profile(function(7, 0x7000, 0, List.of(1, 0, 0)), caller, function(2, 0x2000, 4, List.of(0, 0, 0)));

    private static ParsedFunction function(long name, long address, int site, List<Integer> sites) {
        return new ParsedFunction(name, 0, 0, 1, 0, 0, address, 0, site, sites);
    }

    private ParsedProfile profile(ParsedFunction... functions) {
        ByteBuffer none = ByteBuffer.allocate(0);
        return new ParsedProfile(8, List.of(functions), none, none, none, none, none, none, values, 0, 0, 0, 0);
    }

    private List<String> lines() {
        return new SiteText(profile, Map.of(1L, "caller", 2L, "first", 7L, "other")).of(caller);
    }

    @Test
    void shouldNameTargetsAndSizes() {
        values.add(0, 0x1000, 99);
        values.add(1, 0x2000, 10);
        values.add(1, 0x7000, 30);
        values.add(1, 0xdead, 1);
        values.add(3, 0, 5);
        values.add(3, 9, 4);
        values.add(3, 257, 3);
        values.add(3, 513, 2);
        values.add(3, 64, 1);
        assertEquals(
                List.of(
                        "targets of indirect call 0",
                        "              30  73.17 %  other",
                        "              10  24.39 %  first",
                        "               1   2.44 %  a function outside of the image",
                        "",
                        "bytes of memory operation 0",
                        "               5  33.33 %  0",
                        "               4  26.67 %  9 to 15",
                        "               3  20.00 %  257 to 511",
                        "               2  13.33 %  513 or more",
                        "               1   6.67 %  64",
                        ""),
                lines());
    }

    @Test
    void shouldShowTheMostFrequentOfManyValues() {
        assertEquals(List.of(), lines());
        IntStream.range(0, 20).forEach(i -> values.add(2, 0x100 + i, i + 1));
        List<String> lines = lines();
        assertEquals("targets of indirect call 1", lines.get(0));
        assertEquals(10, lines.size());
        assertEquals("              20   9.52 %  a function outside of the image", lines.get(1));
    }
}
