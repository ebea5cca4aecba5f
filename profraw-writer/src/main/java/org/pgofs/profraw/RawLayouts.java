package org.pgofs.profraw;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.pgofs.counters.Image;
import org.pgofs.counters.Variant;

/** The versions of the raw profile format that can be written. */
public final class RawLayouts {
    private static final NavigableMap<Integer, RawLayout> BY_NUMBER =
            Collections.unmodifiableNavigableMap(new TreeMap<>(Map.of(8, new RawLayout8(), 10, new RawLayout10())));

    private RawLayouts() {}

    /**
     * The numbers of the versions that can be written.
     *
     * @return the numbers, ascending, without variant bits
     */
    public static SortedSet<Integer> supported() {
        return BY_NUMBER.navigableKeySet();
    }

    /**
     * The layout of a version.
     *
     * @param number the number alone, without variant bits
     * @return its layout
     * @throws UnsupportedRawVersionException if the version cannot be written
     */
    public static RawLayout of(int number) {
        RawLayout layout = BY_NUMBER.get(number);
        if (layout == null) {
            throw new UnsupportedRawVersionException(number, BY_NUMBER.keySet());
        }
        return layout;
    }

    /**
     * The layout in which all of several images can be written without loss: that of the highest version among them, or
     * of the next higher one that can be written.
     *
     * @param images at least one image
     * @return the layout
     * @throws IllegalArgumentException if there is no image
     * @throws UnsupportedRawVersionException if no version is high enough
     */
    public static RawLayout highest(Collection<? extends Image> images) {
        int highest = images.stream()
                .mapToInt(image -> Variant.number(image.rawVersion()))
                .max()
                .orElseThrow(() -> new IllegalArgumentException("no image"));
        Integer number = BY_NUMBER.ceilingKey(highest);
        return of(number == null ? highest : number);
    }
}
