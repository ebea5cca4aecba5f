package org.pgofs.counters;

import java.nio.ByteBuffer;

/** Names sections. */
public final class NamesFuzz {
    private NamesFuzz() {}

    /**
     * Tries one.
     *
     * @param input a section
     */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            Names.read(ByteBuffer.wrap(input), (name, offset, length) -> {
                if (length == 0) {
                    throw new AssertionError("a name without bytes");
                }
            });
        } catch (InvalidFileException e) {
            // As documented.
        }
    }
}
