package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.LoadedImage;
import org.pgofs.counters.image.StoredImage;

/** The records in the memory of a process, in each version: what is accepted becomes an image file, which may still be refused. */
public final class CompiledRecordsFuzz {
    private static final int COUNTERS_SIZE = 64;
    private static final long RECORDS = 0x5000;
    private static final long COUNTERS = 0x4000;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);

    private CompiledRecordsFuzz() {}

    /**
     * Tries one.
     *
     * @param input a byte that chooses the version, and records
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        List<Integer> versions = List.copyOf(RawLayouts.supported());
        int number = versions.get(Byte.toUnsignedInt(input[0]) % versions.size());
        ByteBuffer records = ByteBuffer.wrap(input, 1, input.length - 1).slice().order(ByteOrder.LITTLE_ENDIAN);
        try {
            List<ParsedFunction> functions = CompiledRecords.read(number, records, RECORDS, COUNTERS_SIZE, COUNTERS);
            for (ParsedFunction function : functions) {
                if (function.countersOffset() < 0
                        || function.countersOffset() + 8L * function.counters() > COUNTERS_SIZE) {
                    throw new AssertionError("counters outside the section: " + function);
                }
            }
            LoadedImage image = new LoadedImage(
                    new LoadedImage.Parts(number, NOTHING, COUNTERS_SIZE, 0, NOTHING, NOTHING, NOTHING),
                    functions.stream().map(ParsedFunction::loaded).toList());
            StoredImage.read(image.toImageFile(), "/fuzz", name -> false);
        } catch (MalformedProfileException | InvalidFileException e) {
            // As documented.
        }
    }
}
