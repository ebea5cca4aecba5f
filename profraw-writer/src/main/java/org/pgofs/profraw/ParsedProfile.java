package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.util.List;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.Variant;

/**
 * A raw profile that was read. Parts that its version does not have are empty. The buffers are read-only and
 * little-endian; they share the bytes that were read.
 *
 * @param rawVersion the version with its variant bits, see {@link Variant}
 * @param functions the function records in their order
 * @param counters the counters of all functions
 * @param bitmaps the bitmaps of all functions
 * @param names the names of the functions, as the compiler made them
 * @param binaryIds for each u64 length, bytes, zeros to a multiple of 8
 * @param vtables for each u64 name hash, u64 address, u32 size, 4 zero bytes
 * @param vtableNames the names of the vtables, as the compiler made them
 * @param values what the value sites observed; addresses are run-time addresses, as {@link ParsedFunction#address}
 * @param begin where it begins in what was read, in bytes
 * @param countersBegin where its counters begin, in bytes from its begin
 * @param valuesBegin where its value data begins, in bytes from its begin
 * @param size bytes
 */
public record ParsedProfile(
        long rawVersion,
        List<ParsedFunction> functions,
        ByteBuffer counters,
        ByteBuffer bitmaps,
        ByteBuffer names,
        ByteBuffer binaryIds,
        ByteBuffer vtables,
        ByteBuffer vtableNames,
        ValueCounts values,
        int begin,
        int countersBegin,
        int valuesBegin,
        int size) {}
