package org.pgofs.counters;

import java.nio.ByteBuffer;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.Names;

/** Names sections. */
public final class NamesFuzz {
    private NamesFuzz() {}

    private static final class NoEmptyNames implements Names.Visitor {
        private long bytes;
        private long size;

        @Override
        public void part(byte[] piece, int offset, int length) {
            size += length;
            bytes += length;
        }

        @Override
        public void end() {
            if (size == 0) {
                throw new AssertionError("a name without bytes");
            }
            size = 0;
        }
    }

    /**
     * Tries one.
     *
     * @param input a section
     */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            NoEmptyNames names = new NoEmptyNames();
            Names.read(ByteBuffer.wrap(input), names);
            if (names.bytes > Names.unfolded(ByteBuffer.wrap(input))) {
                throw new AssertionError("more than it said");
            }
        } catch (InvalidFileException e) {
            // As documented.
        }
    }
}
