package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.util.List;

/** Raw profiles: what is accepted lies in the file. */
public final class RawProfileFuzz {
    private RawProfileFuzz() {}

    /**
     * Tries one.
     *
     * @param input a file
     */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            List<ParsedProfile> profiles = RawProfileReader.readAll(ByteBuffer.wrap(input));
            long size = profiles.stream()
                    .mapToLong(profile ->
                            profile.counters().remaining() + profile.names().remaining())
                    .sum();
            if (size > input.length) {
                throw new AssertionError("more than there is");
            }
        } catch (MalformedProfileException e) {
            // As documented.
        }
    }
}
