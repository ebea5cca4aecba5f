package org.pgofs.it;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.pgofs.counters.CarryFileFuzz;
import org.pgofs.counters.ImageFileFuzz;
import org.pgofs.counters.ManifestFuzz;
import org.pgofs.counters.NamesFuzz;
import org.pgofs.counters.RefusedLogFuzz;
import org.pgofs.counters.SegmentHeaderFuzz;
import org.pgofs.counters.ValueAreaFuzz;
import org.pgofs.counters.process.MappingFuzz;
import org.pgofs.counters.process.ProcessStatFuzz;
import org.pgofs.counters.process.ValueListsFuzz;
import org.pgofs.daemon.MountOptionsFuzz;
import org.pgofs.daemon.elf.ElfFileFuzz;
import org.pgofs.profdata.AnyProfileFuzz;
import org.pgofs.profraw.CompiledRecordsFuzz;
import org.pgofs.profraw.RawProfileFuzz;
import org.pgofs.profraw.WrittenProfilesFuzz;

/** All of them in one process, because its start takes longer than some thousand runs: the first byte chooses. */
public final class EveryParserFuzz {
    /** The classes, in the order of the first byte. */
    static final List<Class<?>> TARGETS = List.of(
            SegmentHeaderFuzz.class,
            ImageFileFuzz.class,
            NamesFuzz.class,
            ValueAreaFuzz.class,
            ManifestFuzz.class,
            CarryFileFuzz.class,
            RefusedLogFuzz.class,
            RawProfileFuzz.class,
            MountOptionsFuzz.class,
            ElfFileFuzz.class,
            AnyProfileFuzz.class,
            WrittenProfilesFuzz.class,
            MappingFuzz.class,
            CompiledRecordsFuzz.class,
            ProcessStatFuzz.class,
            ValueListsFuzz.class);

    private static final List<Consumer<byte[]>> PARSERS = List.of(
            SegmentHeaderFuzz::fuzzerTestOneInput,
            ImageFileFuzz::fuzzerTestOneInput,
            NamesFuzz::fuzzerTestOneInput,
            ValueAreaFuzz::fuzzerTestOneInput,
            ManifestFuzz::fuzzerTestOneInput,
            CarryFileFuzz::fuzzerTestOneInput,
            RefusedLogFuzz::fuzzerTestOneInput,
            RawProfileFuzz::fuzzerTestOneInput,
            MountOptionsFuzz::fuzzerTestOneInput,
            ElfFileFuzz::fuzzerTestOneInput,
            AnyProfileFuzz::fuzzerTestOneInput,
            WrittenProfilesFuzz::fuzzerTestOneInput,
            MappingFuzz::fuzzerTestOneInput,
            CompiledRecordsFuzz::fuzzerTestOneInput,
            ProcessStatFuzz::fuzzerTestOneInput,
            ValueListsFuzz::fuzzerTestOneInput);

    private EveryParserFuzz() {}

    /**
     * Tries one.
     *
     * @param input a byte that chooses the parser, and what it is to read
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length > 0) {
            PARSERS.get(Byte.toUnsignedInt(input[0]) % PARSERS.size())
                    .accept(Arrays.copyOfRange(input, 1, input.length));
        }
    }
}
