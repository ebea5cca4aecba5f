package org.pgofs.profdata;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.image.Image;

/**
 * The functions of some images by their names, and which of them are one function: those that share their name, their hash
 * and the number of their counters. Immutable.
 */
final class Functions {
    private final List<? extends Image> images;
    /** The number of each image's first function, counted over all images; at the end the number of all. */
    private final int[] firsts;
    /** All functions, sorted by the number of their name and else in their order. */
    private final int[] byName;
    /** Where those of each name begin; at the end the number of all. */
    private final int[] begins;

    /** A function of one image. */
    record Source(int image, int function) {}

    Functions(List<? extends Image> images, NameTable names) {
        this.images = images;
        firsts = new int[images.size() + 1];
        for (int i = 0; i < images.size(); i++) {
            firsts[i + 1] = Math.addExact(firsts[i], images.get(i).functions());
        }
        begins = new int[names.size() + 1];
        int[] numbers = new int[firsts[images.size()]];
        for (int i = 0; i < images.size(); i++) {
            for (int function = 0; function < images.get(i).functions(); function++) {
                int number = names.number(images.get(i).nameRef(function));
                numbers[firsts[i] + function] = number;
                begins[number + 1]++;
            }
        }
        Arrays.parallelPrefix(begins, Integer::sum);
        byName = new int[numbers.length];
        int[] ends = begins.clone();
        for (int function = 0; function < numbers.length; function++) {
            byName[ends[numbers[function]]++] = function;
        }
    }

    /** The number of functions of all images, shared ones counted for each. */
    int size() {
        return byName.length;
    }

    /**
     * The functions of a name: those with the same hash together, in the order of the images, and the hashes in the order
     * in which they are written.
     */
    List<List<Source>> of(int name) {
        if (begins[name + 1] - begins[name] == 1) {
            return List.of(List.of(source(byName[begins[name]])));
        }
        Map<Long, List<Source>> byHash = new LinkedHashMap<>();
        for (int i = begins[name]; i < begins[name + 1]; i++) {
            Source source = source(byName[i]);
            long hash = images.get(source.image()).funcHash(source.function());
            byHash.computeIfAbsent(hash, key -> new ArrayList<>()).add(source);
        }
        return HashOrder.of(new ArrayList<>(byHash.keySet())).stream()
                .map(hash -> mergeable(byHash.get(hash)))
                .toList();
    }

    private Source source(int number) {
        int found = Arrays.binarySearch(firsts, number);
        int image = found >= 0 ? found : -found - 2;
        return new Source(image, number - firsts[image]);
    }

    /** Of those that have another number of counters than the first, nothing is added. */
    private List<Source> mergeable(List<Source> sources) {
        int counters = counters(sources.get(0));
        return sources.stream().filter(source -> counters(source) == counters).toList();
    }

    private int counters(Source source) {
        return images.get(source.image()).counters(source.function());
    }
}
