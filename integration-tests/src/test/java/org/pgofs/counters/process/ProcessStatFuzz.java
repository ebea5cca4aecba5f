package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the kernel says of a process: its name is chosen by the process. */
public final class ProcessStatFuzz {
    private static final ProcessStat EXPECTED = new ProcessStat(7, 5, true, 123_456, 8_192, 0x7ffc_0000_1000L);

    private ProcessStatFuzz() {}

    /**
     * Tries one.
     *
     * @param input a text, and the name of a process whose numbers are known
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        try {
            ProcessStat.parse(7, text);
        } catch (IOException e) {
            // As documented.
        }
        try {
            ProcessStat read = ProcessStat.parse(
                    7,
                    "7 (" + text + ") S 5 7 7 0 -1 " + 0x400040 + " 0 0 0 0 0 0 0 0 20 0 1 0 123456 8192 9 1 2 3 "
                            + 0x7ffc_0000_1000L + " 0 0");
            if (!read.equals(EXPECTED)) {
                throw new AssertionError("the name changes what is read: " + read);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
