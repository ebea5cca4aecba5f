package org.pgofs.daemon.stock;

import static org.pgofs.counters.format.InvalidFileException.require;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.LoadedImage;
import org.pgofs.counters.process.StockProgram;
import org.pgofs.profraw.CompiledRecords;
import org.pgofs.profraw.MalformedProfileException;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.RawLayouts;

/**
 * Reads the records of a process in the version of its compiler. If the file does not say which that is, it is the one in
 * which the records make sense: in others, some record's counters are not where they should be. Versions 9 and 10 have the
 * same records as long as there are no bitmaps: without a constant that says which, it is version 10.
 */
record StockFormat(RawVersions versions, long countersSize, ByteBuffer binaryIds) implements StockProgram.Format {
    private static final int ALIKE = 9;
    private static final int BINARY_IDS_SINCE = 7;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    @Override
    public LoadedImage read(StockProgram.Memory memory) throws InvalidFileException {
        for (int number : numbers()) {
            Optional<Long> rawVersion = versions.with(number);
            if (rawVersion.isPresent()) {
                requireSums(rawVersion.get());
                List<ParsedFunction> functions = functions(number, memory);
                if (!functions.isEmpty()) {
                    return image(rawVersion.get(), functions, memory);
                }
            }
        }
        throw new InvalidFileException("has records of no version that is known here: " + RawLayouts.supported());
    }

    /** The newest first, but for the one that another one is taken for. */
    private List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>(RawLayouts.supported());
        Collections.reverse(numbers);
        if (versions.hasConstant(ALIKE) && !versions.hasConstant(ALIKE + 1)) {
            numbers.remove((Integer) (ALIKE + 1));
        }
        return numbers;
    }

    private List<ParsedFunction> functions(int number, StockProgram.Memory memory) {
        try {
            return CompiledRecords.read(
                    number, memory.records(), memory.recordsAddress(), countersSize, memory.countersAddress());
        } catch (MalformedProfileException e) {
            return List.of();
        }
    }

    private static void requireSums(long rawVersion) throws InvalidFileException {
        require(
                (rawVersion & (Variant.BYTE_COVERAGE | Variant.TEMPORAL)) == 0,
                "is instrumented for %s, which can only be read when it has ended",
                String.join(", ", Variant.words(rawVersion)));
    }

    private LoadedImage image(long rawVersion, List<ParsedFunction> functions, StockProgram.Memory memory) {
        return new LoadedImage(
                new LoadedImage.Parts(
                        rawVersion,
                        Variant.version(rawVersion) < BINARY_IDS_SINCE ? NOTHING : binaryIds,
                        countersSize,
                        0,
                        memory.names(),
                        memory.vtables(),
                        memory.vtableNames()),
                functions.stream().map(ParsedFunction::loaded).toList());
    }
}
