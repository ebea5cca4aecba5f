package org.pgofs.counters.written;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.pgofs.counters.counts.SampledMember.Sample;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.process.WrittenProfile;

/** A profile with what takes time: it is made without the store's lock. */
public final class PreparedProfile {
    private final byte[] file;
    private final String digest;
    private final Sample sample;

    private PreparedProfile(WrittenProfile profile) {
        file = profile.image().toImageFile();
        digest = StoredImage.digest(file);
        // Not slices, which would keep the whole file.
        sample = new Sample(
                copy(profile.sample().counters()),
                copy(profile.sample().bitmaps()),
                profile.sample().values());
    }

    private static ByteBuffer copy(ByteBuffer section) {
        ByteBuffer source = section.duplicate().clear();
        return ByteBuffer.allocate(source.limit())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(source)
                .flip();
    }

    /** Prepares profiles, in their order. */
    public static List<PreparedProfile> of(List<WrittenProfile> profiles) {
        return profiles.stream().map(PreparedProfile::new).toList();
    }

    byte[] file() {
        return file;
    }

    String digest() {
        return digest;
    }

    Sample sample() {
        return sample;
    }
}
