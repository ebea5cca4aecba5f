package org.pgofs.counters.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.format.ValueKind;

/**
 * A kernel, or a module of it, as its sections describe it: enough to find its counters in the memory of a running
 * machine.
 *
 * @param path of the file; its last part names the image
 * @param processor that it is for
 * @param banner the version text of the kernel in its memory, empty if not known
 * @param rawVersion {@code __llvm_profile_raw_version}, variant bits included; of one with 8-byte counters only
 * @param binaryIds as {@link Image#binaryIds} has them, empty without ids
 * @param functions its function records, in their order
 * @param countersSize bytes from their first counter to the end of their last one
 * @param valueSites how many value sites there are, 0 if no values are recorded
 * @param names the names section
 * @param layout where the sections lie
 */
public record GuestImage(
        String path,
        Processor processor,
        String banner,
        long rawVersion,
        ByteBuffer binaryIds,
        List<Function> functions,
        int countersSize,
        int valueSites,
        ByteBuffer names,
        GuestLayout layout) {
    /**
     * A function record.
     *
     * @param nameRef as {@link Image#nameRef} has it
     * @param funcHash as {@link Image#funcHash} has it
     * @param countersOffset bytes from the first counter of all
     * @param counters the number of its counters
     * @param address its link-time address, 0 if not known
     * @param valueSite the number of its first value site
     * @param sites how many value sites it has, by the number of their {@link ValueKind}
     */
    public record Function(
            long nameRef,
            long funcHash,
            int countersOffset,
            int counters,
            long address,
            int valueSite,
            List<Integer> sites) {
        /** A function without value sites, or whose values are not recorded. */
        public Function(long nameRef, long funcHash, int countersOffset, int counters, long address) {
            this(nameRef, funcHash, countersOffset, counters, address, 0, List.of());
        }
    }

    /** The image file that a process of this image would publish. */
    public byte[] toImageFile() {
        ByteBuffer records =
                ByteBuffer.allocate(functions.size() * RecordLayout.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < functions.size(); i++) {
            put(records, i * RecordLayout.SIZE, functions.get(i));
        }
        return new ImageFileBuilder(rawVersion, countersSize, 0)
                .processor(processor)
                .valueSites(valueSites)
                .binaryIds(binaryIds)
                .records(records)
                .names(names)
                .build();
    }

    private static void put(ByteBuffer records, int at, Function function) {
        records.putLong(at + RecordLayout.NAME_REF, function.nameRef)
                .putLong(at + RecordLayout.FUNC_HASH, function.funcHash)
                .putLong(at + RecordLayout.COUNTERS_OFFSET, function.countersOffset)
                .putLong(at + RecordLayout.FUNCTION, function.address)
                .putInt(at + RecordLayout.VALUE_SITE, function.valueSite)
                .putInt(at + RecordLayout.COUNTERS, function.counters);
        for (int kind = 0; kind < function.sites.size(); kind++) {
            records.putShort(
                    at + RecordLayout.VALUE_SITES + kind * Short.BYTES,
                    function.sites.get(kind).shortValue());
        }
    }
}
