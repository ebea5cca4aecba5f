package org.pgofs.daemon;

import java.util.ArrayList;
import java.util.List;

/** Reads what the option {@code -o} says of the kernel that this machine runs: {@code kernel=no}. */
final class KernelOption {
    private static final String KERNEL = "kernel=";

    private KernelOption() {}

    /**
     * Whether the kernel is wanted.
     *
     * @throws IllegalArgumentException if that is not said by yes or no; the message says where
     */
    static boolean isWanted(String options) {
        boolean wanted = true;
        for (String option : options.split(",", 0)) {
            if (option.startsWith(KERNEL)) {
                wanted = switch (option.substring(KERNEL.length())) {
                    case "yes" -> true;
                    case "no" -> false;
                    default ->
                        throw new IllegalArgumentException(
                                "mount option '" + option + "' is neither kernel=yes nor" + " kernel=no");
                };
            }
        }
        return wanted;
    }

    /** The options that are not about the kernel. */
    static String others(String options) {
        List<String> others = new ArrayList<>(List.of(options.split(",", 0)));
        others.removeIf(option -> option.startsWith(KERNEL));
        return String.join(",", others);
    }
}
