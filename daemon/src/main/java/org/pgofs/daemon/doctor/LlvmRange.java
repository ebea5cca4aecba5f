package org.pgofs.daemon.doctor;

import java.util.Map;
import java.util.Optional;

/**
 * The versions of LLVM whose llvm-profdata reads a raw version; it reads no other than its own.
 *
 * @param first the first major version
 * @param last the last one
 */
record LlvmRange(int first, int last) {
    private static final Map<Integer, LlvmRange> BY_RAW_VERSION = Map.of(
            5, new LlvmRange(11, 12),
            7, new LlvmRange(13, 13),
            8, new LlvmRange(14, 17),
            9, new LlvmRange(18, 18),
            10, new LlvmRange(19, 22),
            11, new LlvmRange(23, 23));

    static Optional<LlvmRange> of(int rawVersion) {
        return Optional.ofNullable(BY_RAW_VERSION.get(rawVersion));
    }

    boolean contains(int major) {
        return major >= first && major <= last;
    }

    @Override
    public String toString() {
        return first == last ? "LLVM " + first : "LLVM " + first + " to " + last;
    }
}
