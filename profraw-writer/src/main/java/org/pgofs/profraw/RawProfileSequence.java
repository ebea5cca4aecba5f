package org.pgofs.profraw;

import java.util.List;
import java.util.stream.IntStream;
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
     * The counts without the values for which a file of some size has no room: the least frequent.
     *
     * @param snapshots the counts of each profile's image, in the order of the profiles
     * @param size in bytes, at least {@link #size()}
     * @return the counts that such a file has
     * @throws IllegalArgumentException if there are fewer or more snapshots than profiles
     */
    public List<Snapshot> fitting(List<Snapshot> snapshots, long size) {
        return fittingValues(snapshots, (size - size()) / ValueData.PAIR);
    }

    private List<Snapshot> fittingValues(List<Snapshot> snapshots, long room) {
        requireAll(snapshots);
        List<ValueCounts> values = new FittingValues(
                        profiles.stream().map(RawProfile::valueData).toList(),
                        snapshots.stream().map(Snapshot::values).toList())
                .within(room);
        return IntStream.range(0, values.size())
                .mapToObj(i -> snapshots.get(i).withValues(values.get(i)))
                .toList();
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
        GatheredBytes.Builder file = gather(fittingValues(snapshots, Long.MAX_VALUE));
        return file.build(file.end());
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
        return gather(snapshots).build(size);
    }

    /**
     * How much memory a file with counts takes beside its profiles and snapshots: that of its value data.
     *
     * @param fitting as {@link #with(List, long)} takes them
     * @return bytes
     */
    public long memoryWith(List<Snapshot> fitting) {
        return IntStream.range(0, fitting.size())
                .mapToLong(i -> profiles.get(i).valueData().size(fitting.get(i).values()))
                .sum();
    }

    private GatheredBytes.Builder gather(List<Snapshot> fitting) {
        requireAll(fitting);
        GatheredBytes.Builder file = new GatheredBytes.Builder();
        for (int i = 0; i < profiles.size(); i++) {
            profiles.get(i).addTo(file, fitting.get(i));
        }
        return file;
    }

    private void requireAll(List<Snapshot> snapshots) {
        if (snapshots.size() != profiles.size()) {
            throw new IllegalArgumentException(snapshots.size() + " snapshots for " + profiles.size() + " profiles");
        }
    }
}
