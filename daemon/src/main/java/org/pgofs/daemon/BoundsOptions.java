package org.pgofs.daemon;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.limits.Bounds.Limits;
import org.pgofs.fs.fuse.MountOptions;
import org.pgofs.profdata.format.IndexedLayout;

/** Reads what the command line says of how much the daemon takes up, of whom, and of what it serves. */
final class BoundsOptions {
    private static final String USERS = "users=";
    private static final String INDEXED_VERSION = "indexed-version=";
    private static final String STOCK = "stock";
    private static final String UNITS = "KMGT";
    private static final int UNIT_BITS = 10;

    private BoundsOptions() {}

    /**
     * Changes some of the limits.
     *
     * @param limits those that hold where nothing is said
     * @param text {@code segments=N}, {@code segment-bytes=SIZE}, {@code images=N}, {@code memory=SIZE}, separated by
     *     commas; a size may end in K, M, G or T
     * @throws IllegalArgumentException if that is not what it is; the message says where
     */
    static Limits limits(Limits limits, String text) {
        long segments = limits.segments();
        long segmentBytes = limits.segmentBytes();
        long images = limits.images();
        long memory = limits.memory();
        for (String limit : text.split(",", -1)) {
            int equals = limit.indexOf('=');
            switch (equals < 0 ? "" : limit.substring(0, equals)) {
                case "segments" -> segments = number(limit);
                case "segment-bytes" -> segmentBytes = number(limit);
                case "images" -> images = number(limit);
                case "memory" -> memory = number(limit);
                default ->
                    throw new IllegalArgumentException(
                            "'" + limit + "' is none of segments=N, segment-bytes=SIZE, images=N, memory=SIZE");
            }
        }
        return new Limits(segments, segmentBytes, images, memory);
    }

    private static long number(String limit) {
        String text = limit.substring(limit.indexOf('=') + 1);
        int unit = text.isEmpty() ? -1 : UNITS.indexOf(text.charAt(text.length() - 1));
        try {
            long number = Long.parseLong(unit < 0 ? text : text.substring(0, text.length() - 1));
            long factor = 1L << (UNIT_BITS * (unit + 1));
            if (number >= 0 && number <= Long.MAX_VALUE / factor) {
                return number * factor;
            }
        } catch (NumberFormatException e) {
            // The message below says all.
        }
        throw new IllegalArgumentException("'" + limit + "' needs a number, which may end in K, M, G or T");
    }

    /** The users that the options of {@code -o} name: {@code users=NUMBER:NUMBER}; none if they do not. */
    static Set<Integer> users(String options) {
        Set<Integer> users = new HashSet<>();
        for (String option : options.split(",", 0)) {
            if (option.startsWith(USERS)) {
                for (String user : option.substring(USERS.length()).split(":", -1)) {
                    users.add(user(option, user));
                }
            }
        }
        return users;
    }

    private static int user(String option, String user) {
        try {
            long number = Long.parseLong(user);
            if (number >= 0 && number <= MountOptions.MAX_ID) {
                return (int) number;
            }
        } catch (NumberFormatException e) {
            // The message below says all.
        }
        throw new IllegalArgumentException("mount option '" + option + "' needs user numbers, separated by colons");
    }

    /** The version that {@code -o} names, {@code indexed-version=NUMBER}; the last of several. */
    static OptionalInt indexedVersion(String options) {
        OptionalInt version = OptionalInt.empty();
        for (String option : options.split(",", 0)) {
            if (option.startsWith(INDEXED_VERSION)) {
                version = OptionalInt.of(indexedVersionOf(option));
            }
        }
        return version;
    }

    private static int indexedVersionOf(String option) {
        try {
            return IndexedLayout.of(Integer.parseInt(option.substring(INDEXED_VERSION.length())))
                    .version();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "mount option '" + option + "' needs a number from " + IndexedLayout.FIRST + " to "
                            + IndexedLayout.LAST,
                    e);
        }
    }

    /** Whether the options of {@code -o} ask for processes with the compiler's own runtime. */
    static boolean stock(String options) {
        return List.of(options.split(",", 0)).contains(STOCK);
    }

    /** The options of {@code -o} that are those of debugfs. */
    static String others(String options) {
        List<String> others = new ArrayList<>(List.of(options.split(",", 0)));
        others.removeIf(
                option -> option.startsWith(USERS) || option.startsWith(INDEXED_VERSION) || option.equals(STOCK));
        return String.join(",", others);
    }

    /** The bounds that hold where nothing is said. */
    static Bounds standard() {
        return Bounds.of(Runtime.getRuntime().maxMemory());
    }
}
