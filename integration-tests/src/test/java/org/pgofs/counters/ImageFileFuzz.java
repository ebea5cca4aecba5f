package org.pgofs.counters;

import java.nio.ByteBuffer;
import java.util.List;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.LinkTimes;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.profraw.MalformedProfileException;
import org.pgofs.profraw.ParsedProfile;
import org.pgofs.profraw.RawBytes;
import org.pgofs.profraw.RawLayouts;
import org.pgofs.profraw.RawProfile;
import org.pgofs.profraw.RawProfileReader;
import org.pgofs.profraw.UnsupportedRawVersionException;

/** Image files: of those that are accepted a profile can be written in every version, and read back. */
public final class ImageFileFuzz {
    /** The bounds of a user are larger; here many images must fit into one second. */
    private static final long MOST = 1 << 20;

    /** An entry of value data, of one function, is made again for every piece: in large ones that takes its time. */
    private static final int PIECE = 1000;

    private static final int PIECES = 16;

    private ImageFileFuzz() {}

    /**
     * Tries one.
     *
     * @param input an image file
     */
    public static void fuzzerTestOneInput(byte[] input) {
        StoredImage image;
        try {
            image = StoredImage.read(input, "/a program", name -> false);
        } catch (InvalidFileException e) {
            return;
        }
        if (image.memory() > MOST || !RawLayouts.canWrite(image)) {
            return;
        }
        Snapshot snapshot = counts(image).toSnapshot(image);
        for (int version : RawLayouts.supported()) {
            RawProfile profile;
            try {
                profile = new RawProfile(image, RawLayouts.atLeast(version, List.of(image)));
            } catch (UnsupportedRawVersionException e) {
                continue;
            }
            check(image, version, bytes(profile.with(snapshot)));
        }
    }

    private static Counts counts(StoredImage image) {
        Counts counts = Counts.none(image);
        for (int i = 0; i < image.sums(); i++) {
            counts.counters().values()[i] = i - 1L;
        }
        for (int site = 0; site < image.values().sites(); site += 1 + site / 2) {
            counts.values().add(site, image.values().of(site, site, new LinkTimes(0)), 1);
        }
        return counts;
    }

    private static ByteBuffer bytes(RawBytes profile) {
        ByteBuffer bytes = ByteBuffer.allocate((int) profile.size());
        int piece = Math.max(PIECE, bytes.capacity() / PIECES);
        for (int at = 0; at < bytes.capacity(); at = bytes.position()) {
            bytes.limit(Math.min(at + piece, bytes.capacity()));
            profile.read(at, bytes);
        }
        return bytes.rewind();
    }

    private static void check(StoredImage image, int version, ByteBuffer bytes) {
        try {
            List<ParsedProfile> profiles = RawProfileReader.readAll(bytes);
            if (profiles.size() != 1 || profiles.get(0).functions().size() != image.functions()) {
                throw new AssertionError("another profile of version " + version);
            }
        } catch (MalformedProfileException e) {
            throw new AssertionError("version " + version, e);
        }
    }
}
