package org.pgofs.profdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.pgofs.profdata.read.IndexedContent;
import org.pgofs.profdata.read.IndexedReader;
import org.pgofs.profdata.read.MalformedIndexedException;
import org.pgofs.profdata.read.Overlap;
import org.pgofs.profdata.read.TextProfile;

/** Profiles that somebody gives to a command: indexed ones, and raw ones, which are made indexed ones. */
public final class AnyProfileFuzz {
    private AnyProfileFuzz() {}

    /**
     * Tries one.
     *
     * @param input a file
     */
    public static void fuzzerTestOneInput(byte[] input) {
        ByteBuffer bytes = ByteBuffer.wrap(input);
        ByteBuffer indexed = bytes;
        if (!IndexedReader.isIndexed(bytes)) {
            try {
                indexed = RawToIndexed.convert("fuzz", bytes);
            } catch (IOException e) {
                return; // as documented
            }
            read(indexed); // what was made is a profile
            return;
        }
        try {
            use(IndexedReader.read(indexed));
        } catch (MalformedIndexedException e) {
            // As documented.
        }
    }

    private static void read(ByteBuffer made) {
        try {
            use(IndexedReader.read(made));
        } catch (MalformedIndexedException e) {
            throw new AssertionError(e);
        }
    }

    private static void use(IndexedContent content) {
        try {
            TextProfile.write(content, new StringBuilder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new Overlap(content, content);
    }
}
