package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.Snapshot;

/**
 * Several raw profiles one after another in one file, each at a multiple of 8 bytes. llvm-profdata reads such a file as
 * it reads several files, but wants one version; of different variants it would silently take one for all.
 */
public final class RawProfileSequence {
    private final List<RawProfile> profiles;
    /** Where the profiles begin, in bytes. */
    private final long[] begins;

    private final long size;

    /**
     * A sequence of profiles.
     *
     * @param profiles the profiles, possibly none
     * @throws IllegalArgumentException if they differ in version or variant
     */
    public RawProfileSequence(List<RawProfile> profiles) {
        this.profiles = List.copyOf(profiles);
        begins = new long[profiles.size()];
        long end = 0;
        for (int i = 0; i < begins.length; i++) {
            RawProfile profile = profiles.get(i);
            if (profile.rawVersion() != profiles.get(0).rawVersion()) {
                throw new IllegalArgumentException(String.format(
                        "one file cannot hold raw versions %#x (%s) and %#x (%s)",
                        profiles.get(0).rawVersion(),
                        profiles.get(0).image().name(),
                        profile.rawVersion(),
                        profile.image().name()));
            }
            begins[i] = Section.padded(end);
            end = begins[i] + profile.size();
        }
        size = end;
    }

    /**
     * The size of the file. It does not depend on counts.
     *
     * @return bytes, 0 without profiles
     */
    public long size() {
        return size;
    }

    /**
     * The file with counts.
     *
     * @param snapshots the counts of each profile's image, in the order of the profiles
     * @return the bytes of the file
     * @throws IllegalArgumentException if the snapshots are not those of the profiles' images
     */
    public RawBytes with(List<Snapshot> snapshots) {
        if (snapshots.size() != profiles.size()) {
            throw new IllegalArgumentException(snapshots.size() + " snapshots for " + profiles.size() + " profiles");
        }
        List<RawBytes> parts = new ArrayList<>();
        for (int i = 0; i < profiles.size(); i++) {
            parts.add(profiles.get(i).with(snapshots.get(i)));
        }
        return new RawBytes() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void read(long offset, ByteBuffer target) {
                RawProfileSequence.this.read(parts, offset, target);
            }
        };
    }

    private void read(List<RawBytes> parts, long offset, ByteBuffer target) {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        long at = offset;
        for (int i = 0; i < begins.length && target.hasRemaining(); i++) {
            int position = target.position();
            parts.get(i).read(at - begins[i], target);
            at += target.position() - position;
            long next = i + 1 < begins.length ? begins[i + 1] : size;
            for (; at < next && target.hasRemaining(); at++) {
                target.put((byte) 0);
            }
        }
    }
}
