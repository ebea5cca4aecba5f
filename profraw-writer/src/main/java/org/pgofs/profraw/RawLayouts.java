package org.pgofs.profraw;

import java.util.Collection;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;

/** The versions of the raw profile format that can be written and read. */
public final class RawLayouts {
    /** Each has a row in the runtime's records.c, too, and one that says which LLVM reads it in the daemon's LlvmRange. */
    private static final NavigableMap<Integer, RawLayout> BY_NUMBER = byNumber(5, 7, 8, 9, 10, 11);

    private RawLayouts() {}

    private static NavigableMap<Integer, RawLayout> byNumber(int... numbers) {
        NavigableMap<Integer, RawLayout> layouts = new TreeMap<>();
        for (int number : numbers) {
            layouts.put(number, new RawLayout(number));
        }
        return Collections.unmodifiableNavigableMap(layouts);
    }

    /**
     * The numbers of the versions.
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
     * @throws UnsupportedRawVersionException if there is none
     */
    public static RawLayout of(int number) {
        RawLayout layout = BY_NUMBER.get(number);
        if (layout == null) {
            throw new UnsupportedRawVersionException(number, BY_NUMBER.keySet());
        }
        return layout;
    }

    /**
     * Whether there is a version in which an image can be written without loss.
     *
     * @param image the image
     * @return whether {@link #highest} finds a layout for it
     */
    public static boolean canWrite(Image image) {
        RawLayout last = BY_NUMBER.lastEntry().getValue();
        return Variant.version(image.rawVersion()) <= last.version() && last.knows(image.rawVersion());
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
                .mapToInt(image -> Variant.version(image.rawVersion()))
                .max()
                .orElseThrow(() -> new IllegalArgumentException("no image"));
        return atLeast(highest, images);
    }

    /**
     * The layout of the lowest version from one on whose readers know how the images were instrumented. If that is lower
     * than an image's own, {@link RawLayout#leavesOut} tells what is lost.
     *
     * @param number the version wanted, without variant bits
     * @param images the images
     * @return the layout
     * @throws UnsupportedRawVersionException if no version is high enough
     */
    public static RawLayout atLeast(int number, Collection<? extends Image> images) {
        return BY_NUMBER.tailMap(number, true).values().stream()
                .filter(layout -> images.stream().allMatch(image -> layout.knows(image.rawVersion())))
                .findFirst()
                .orElseThrow(() -> new UnsupportedRawVersionException(
                        images.stream()
                                .mapToLong(image -> Variant.bits(image.rawVersion()))
                                .reduce(number, (a, b) -> a | b),
                        BY_NUMBER.keySet()));
    }
}
