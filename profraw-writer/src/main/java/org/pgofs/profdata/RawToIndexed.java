package org.pgofs.profdata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Names;
import org.pgofs.profdata.format.IndexedLayout;
import org.pgofs.profraw.ParsedImage;
import org.pgofs.profraw.ParsedProfile;
import org.pgofs.profraw.RawProfileReader;

/** Makes indexed profiles of raw ones, as {@code llvm-profdata merge} does, of every raw version that is known. */
public final class RawToIndexed {
    /** Those of a browser are fewer. */
    private static final long MOST_NAMES = 512L << 20;

    private RawToIndexed() {}

    /**
     * Makes the indexed profile of a file of raw profiles, in the lowest version that loses nothing.
     *
     * @param name what the file is called in messages
     * @param raw the remaining bytes are the file
     * @return the bytes of the profile, little-endian
     * @throws IOException if the file is not what it should be, or too large; the message says why
     */
    public static ByteBuffer convert(String name, ByteBuffer raw) throws IOException {
        List<ParsedImage> images = new ArrayList<>();
        for (ParsedProfile profile : RawProfileReader.readAll(raw)) {
            ParsedImage image = new ParsedImage(name, profile);
            check(image);
            images.add(image);
        }
        if (images.stream()
                        .map(image -> Variant.bits(image.rawVersion()))
                        .distinct()
                        .count()
                > 1) {
            throw new IOException("its raw profiles are instrumented in different ways: give one at a time");
        }
        List<Snapshot> snapshots = images.stream().map(ParsedImage::snapshot).toList();
        return new IndexedProfile(images, IndexedLayout.lowest(images)).bytes(snapshots);
    }

    /**
     * Checks what a reader of raw profiles takes as it is: that functions have room for their times, and how many bytes
     * of names there are.
     *
     * @param image that was read
     * @throws IOException if they are not as they must be; the message says why
     */
    public static void check(ParsedImage image) throws IOException {
        int times = Variant.hasTimes(image.rawVersion()) ? Long.BYTES / Variant.counterSize(image.rawVersion()) : 0;
        for (int function = 0; function < image.functions(); function++) {
            if (image.counters(function) < times) {
                throw new IOException("bad raw profile: record " + function + " has no room for its time");
            }
        }
        try {
            if (Names.unfolded(image.names()) > MOST_NAMES) {
                throw new IOException("bad raw profile: it has more than " + MOST_NAMES + " bytes of names");
            }
        } catch (InvalidFileException e) {
            throw new IOException("bad raw profile: it " + e.getMessage(), e);
        }
    }
}
