package org.pgofs.profraw;

import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;

/**
 * Several raw profiles one after another in one file, each at a multiple of 8 bytes. llvm-profdata reads such a file as
 * it reads several files, but wants one version; of different variants it would silently take one for all.
 */
public final class RawProfileSequence {
    private final List<RawProfile> profiles;

    /**
     * A sequence of profiles.
     *
     * @param profiles the profiles, possibly none
     * @throws IllegalArgumentException if they differ in version or variant
     */
    public RawProfileSequence(List<RawProfile> profiles) {
        this.profiles = List.copyOf(profiles);
        for (RawProfile profile : profiles) {
            if (profile.rawVersion() != profiles.get(0).rawVersion()) {
                throw new IllegalArgumentException(String.format(
                        "one file cannot hold raw versions %#x (%s) and %#x (%s)",
                        profiles.get(0).rawVersion(),
                        profiles.get(0).image().name(),
                        profile.rawVersion(),
                        profile.image().name()));
            }
        }
    }

    /**
     * The profiles.
     *
     * @return in their order
     */
    public List<RawProfile> profiles() {
        return profiles;
    }

    /**
     * The size of the file as long as no value was observed; with values it is larger.
     *
     * @return bytes, 0 without profiles
     */
    public long size() {
        long size = 0;
        for (RawProfile profile : profiles) {
            size = Section.padded(size) + profile.size();
        }
        return size;
    }

    /**
     * The size of the file with some values.
     *
     * @param values how many, of all images together
     * @return bytes
     */
    public long sizeWith(long values) {
        return size() + values * ValueData.PAIR;
    }

    /**
     * Which of the values that the images observed have a place in a file of some size: the most frequent.
     *
     * @param snapshots the counts of each profile's image, in the order of the profiles
     * @param size in bytes, at least {@link #size()}
     * @return the values of each; those of the snapshot itself if all of them have
     */
    public List<ValueCounts> fitting(List<Snapshot> snapshots, long size) {
        return new FittingValues(
                        profiles.stream().map(RawProfile::valueData).toList(),
                        snapshots.stream().map(Snapshot::values).toList())
                .within((size - size()) / ValueData.PAIR);
    }

    /**
     * Where the first counter is: what lies before does not depend on counts.
     *
     * @return bytes from the start of the file, 0 without profiles
     */
    public long countersBegin() {
        return profiles.isEmpty() ? 0 : profiles.get(0).countersBegin();
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
        return new RawBytesSequence(parts);
    }

    /**
     * The file with counts, and zeros at its end, which readers pass over.
     *
     * @param snapshots as {@link #with(List)} takes them; their values must {@linkplain #fitting fit}
     * @param size in bytes
     * @return the bytes of the file
     * @throws IllegalArgumentException if it would be larger, or as {@link #with(List)} says
     */
    public RawBytes with(List<Snapshot> snapshots, long size) {
        return new PaddedBytes(with(snapshots), size);
    }
}
