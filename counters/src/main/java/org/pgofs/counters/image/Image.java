package org.pgofs.counters.image;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentMap;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;

/**
 * What all processes of one instrumented executable or shared library have in common: its function records, names and
 * vtables. Immutable, and checked when it was read: every record's counters lie inside the counters section.
 */
public interface Image {
    /**
     * The name under which the image is served, unique in its store.
     *
     * @return the base name of its file, and 8 hexadecimal digits of its build id (of its digest, if it has none)
     */
    String name();

    /**
     * The build id of the file.
     *
     * @return lower-case hexadecimal digits, empty if the image has none
     */
    String buildId();

    /**
     * What the image's code runs on.
     *
     * @return x86-64 also where it is not known
     */
    default Processor processor() {
        return Processor.X86_64;
    }

    /**
     * The raw version that the compiler put into the image.
     *
     * @return {@code __llvm_profile_raw_version}, variant bits included (see {@link Variant})
     */
    long rawVersion();

    /**
     * The number of instrumented functions.
     *
     * @return at least 1
     */
    int functions();

    /**
     * The size of the counters of all functions.
     *
     * @return bytes; offsets of records count from their start
     */
    int countersSize();

    /**
     * The size of the bitmaps of all functions.
     *
     * @return bytes, 0 without bitmaps
     */
    int bitmapsSize();

    /**
     * The hash of a function's name.
     *
     * @param function 0 to {@link #functions()} - 1
     * @return the first 8 bytes of the MD5 of its PGO name, little-endian
     */
    long nameRef(int function);

    /**
     * The hash of a function's control flow.
     *
     * @param function 0 to {@link #functions()} - 1
     * @return the compiler's hash
     */
    long funcHash(int function);

    /**
     * Where a function's counters start.
     *
     * @param function 0 to {@link #functions()} - 1
     * @return bytes from the start of the counters
     */
    int countersOffset(int function);

    /**
     * The number of a function's counters.
     *
     * @param function 0 to {@link #functions()} - 1
     * @return at least 1
     */
    int counters(int function);

    /**
     * Where a function's bitmap starts.
     *
     * @param function 0 to {@link #functions()} - 1
     * @return bytes from the start of the bitmaps
     */
    int bitmapOffset(int function);

    /**
     * The size of a function's bitmap.
     *
     * @param function 0 to {@link #functions()} - 1
     * @return bytes, 0 if it has none
     */
    int bitmapSize(int function);

    /**
     * The address of a function.
     *
     * @param function 0 to {@link #functions()} - 1
     * @return its link-time address, 0 if not known
     */
    long address(int function);

    /**
     * The number of value sites of one kind in a function.
     *
     * @param function 0 to {@link #functions()} - 1
     * @param kind the kind
     * @return 0 to 65535
     */
    int valueSites(int function, ValueKind kind);

    /**
     * The number of a function's first value site. Its sites are numbered from there, those of kind 0 first, then those
     * of kind 1, then those of kind 2.
     *
     * @param function 0 to {@link #functions()} - 1
     * @return counted over the image; of no meaning if the function has no sites
     */
    int valueSite(int function);

    /**
     * The names section, as the compiler made it.
     *
     * @return a read-only buffer of its own
     */
    ByteBuffer names();

    /**
     * The binary ids, as a raw profile has them: u64 length, bytes, zeros to a multiple of 8.
     *
     * @return a read-only buffer of its own, empty without ids
     */
    ByteBuffer binaryIds();

    /**
     * The vtables, as {@code struct pgofs_vtable} of {@code pgofs_format.h} has them, which is also their form in a raw
     * profile: name hash u64, link-time address u64, size u32, 4 zero bytes.
     *
     * @return a read-only little-endian buffer of its own, empty without vtables
     */
    ByteBuffer vtables();

    /**
     * The names of the vtables, as the compiler made them.
     *
     * @return a read-only buffer of its own
     */
    ByteBuffer vtableNames();

    /**
     * Objects that others have derived from the image; they are kept as long as the image.
     *
     * @return the objects, by the holder that made them
     */
    ConcurrentMap<PerImage<?>, Object> kept();
}
