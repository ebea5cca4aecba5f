package org.pgofs.counters.process;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the kernel says of a process's address space: its paths are chosen by the process. */
public final class MappingFuzz {
    private MappingFuzz() {}

    /**
     * Tries one.
     *
     * @param input a text
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        List<Mapping> mappings = Mapping.parse(text);
        if (mappings.size() > text.lines().count()) {
            throw new AssertionError("more mappings than lines");
        }
        for (Mapping mapping : mappings) {
            if (mapping.holds(mapping.end()) || mapping.link(1).contains("\n")) {
                throw new AssertionError(mapping.toString());
            }
        }
    }
}
