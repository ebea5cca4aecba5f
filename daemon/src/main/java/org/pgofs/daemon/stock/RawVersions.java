package org.pgofs.daemon.stock;

import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pgofs.counters.format.Variant;
import org.pgofs.daemon.elf.ElfFile;
import org.pgofs.daemon.elf.ElfSection;
import org.pgofs.daemon.elf.ProfileSections;
import org.pgofs.profraw.RawLayouts;

/**
 * What raw version a program may have. One that is not stripped says it by a symbol. One that is has the number itself
 * among its constants, if the optimiser instrumented it; the front end leaves it to the runtime, and there are no variant
 * bits then. Immutable.
 */
final class RawVersions {
    private static final long WRITABLE = 1;
    private static final long CODE = 4;
    private static final long KNOWN_BITS = -1L << 55;

    private final Optional<Long> said;
    private final Set<Long> constants;

    private RawVersions(Optional<Long> said, Set<Long> constants) {
        this.said = said;
        this.constants = constants;
    }

    static RawVersions of(ElfFile elf) throws IOException {
        Optional<Long> said = elf.object(ProfileSections.RAW_VERSION)
                .filter(content -> content.limit() == Long.BYTES)
                .map(content -> content.getLong(0));
        return new RawVersions(said, said.isPresent() ? Set.of() : constants(elf));
    }

    private static Set<Long> constants(ElfFile elf) throws IOException {
        Set<Long> constants = new TreeSet<>();
        for (ElfSection section : elf.sections()) {
            if (section.isInMemory() && (section.flags() & (WRITABLE | CODE)) == 0) {
                elf.forEachWord(section, word -> {
                    if (isRawVersion(word)) {
                        constants.add(word);
                    }
                });
            }
        }
        return constants;
    }

    private static boolean isRawVersion(long word) {
        return (word & Variant.IR) != 0
                && (Variant.bits(word) & ~KNOWN_BITS) == 0
                && RawLayouts.supported().contains(Variant.version(word));
    }

    /** The whole raw version, for a number that fits the records; nothing if it says another one. */
    Optional<Long> with(int number) {
        if (said.isPresent()) {
            return said.filter(version -> Variant.version(version) == number);
        }
        // The plainest, if something else looks like one, too.
        return Optional.of(constants.stream()
                .filter(version -> Variant.version(version) == number)
                .min(Comparator.comparingInt(Long::bitCount))
                .orElse((long) number));
    }

    /** Whether a number that others look like is among the constants. */
    boolean hasConstant(int number) {
        return constants.stream().anyMatch(version -> Variant.version(version) == number);
    }
}
