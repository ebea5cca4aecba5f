package org.pgofs.profraw;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;

/**
 * Which of the values that the images of a file observed have a place in it. Of each site there are at most 255 in a raw
 * profile, and of all images together as many as there is room for: the most frequent, of equal ones the first.
 */
final class FittingValues {
    private static final Comparator<Pair> MOST_FREQUENT =
            Comparator.comparingLong(Pair::count).reversed();

    private final List<ValueData> places;
    private final List<ValueCounts> observed;

    /** A value of a site of the image with that number in the file. */
    private record Pair(int image, int site, long value, long count) {}

    /**
     * Values that are to be placed.
     *
     * @param places of each image
     * @param observed by each image
     */
    FittingValues(List<ValueData> places, List<ValueCounts> observed) {
        this.places = places;
        this.observed = observed;
    }

    /** How many values of an image have a place, if there is room. */
    static long count(ValueData places, ValueCounts observed) {
        return places.sites()
                .mapToLong(site -> Math.min(observed.count(site), Snapshot.MAX_VALUES))
                .sum();
    }

    /**
     * What has a place.
     *
     * @param room for how many values there is room
     * @return for each image; what was observed itself if all of it has
     */
    List<ValueCounts> within(long room) {
        long needed = 0;
        boolean all = true;
        for (int image = 0; image < places.size(); image++) {
            long count = count(places.get(image), observed.get(image));
            needed += count;
            all &= count == observed.get(image).size();
        }
        if (all && needed <= room) {
            return observed;
        }
        return of(needed <= room ? Set.copyOf(fittingBySite().toList()) : mostFrequent(room));
    }

    /** A damaged image may have a site in several places. */
    private Stream<Pair> fittingBySite() {
        return Stream.iterate(0, image -> image < places.size(), image -> image + 1)
                .flatMap(image -> places.get(image).sites().boxed().flatMap(site -> pairs(image, site)
                        .sorted(MOST_FREQUENT)
                        .limit(Snapshot.MAX_VALUES)));
    }

    private Stream<Pair> pairs(int image, int site) {
        return observed.get(image).at(site).entrySet().stream()
                .map(entry -> new Pair(image, site, entry.getKey(), entry.getValue()));
    }

    private Set<Pair> mostFrequent(long room) {
        Set<Pair> kept = new HashSet<>();
        fittingBySite().sorted(MOST_FREQUENT).limit(room).forEach(kept::add);
        return kept;
    }

    /** In the order in which they were observed. */
    private List<ValueCounts> of(Set<Pair> kept) {
        List<ValueCounts> all = new ArrayList<>();
        for (int image = 0; image < places.size(); image++) {
            ValueCounts values = new ValueCounts();
            int number = image;
            places.get(image).sites().distinct().forEach(site -> {
                for (Map.Entry<Long, Long> value : observed.get(number).at(site).entrySet()) {
                    if (kept.contains(new Pair(number, site, value.getKey(), value.getValue()))) {
                        values.add(site, value.getKey(), value.getValue());
                    }
                }
            });
            all.add(values);
        }
        return all;
    }
}
