package org.pgofs.profraw;

import java.util.List;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.image.LoadedImage;

/**
 * A function record that was read from a raw profile. Counters and bitmap lie inside those of the profile.
 *
 * @param nameRef the first 8 bytes of the MD5 of the function's PGO name, little-endian
 * @param funcHash the compiler's hash of its control flow
 * @param countersOffset bytes from the start of the counters
 * @param counters the number of its counters, at least 1
 * @param bitmapOffset bytes from the start of the bitmaps, 0 without a bitmap
 * @param bitmapSize bytes, 0 without a bitmap
 * @param address the run-time address, 0 if not known
 * @param values the run-time address of its value sites, 0 if it had none yet; of no meaning in a profile
 * @param valueSite the number of its first value site, counted over the profile in the order of the records
 * @param sites the number of its value sites of each {@link ValueKind}, by the kind's number
 */
public record ParsedFunction(
        long nameRef,
        long funcHash,
        int countersOffset,
        int counters,
        int bitmapOffset,
        int bitmapSize,
        long address,
        long values,
        int valueSite,
        List<Integer> sites) {
    /**
     * The same, as the store takes it in.
     *
     * @return a record of an image in a process
     */
    public LoadedImage.Function loaded() {
        return new LoadedImage.Function(
                nameRef, funcHash, countersOffset, counters, bitmapOffset, bitmapSize, address, values, sites);
    }
}
