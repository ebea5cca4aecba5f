package org.pgofs.profraw;

import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;

/** Where the parts of one image's profile lie in one version of the format. Parts that it does not have are empty. */
final class RawSections {
    static final int VTABLE_SIZE = 24; // in bytes

    /** In bytes. */
    final int counterSize;

    final Section binaryIds;
    final Section records;
    final Section counters;
    final Section bitmaps;
    final Section names;
    final Section vtables;
    final Section vtableNames;
    /** Where the value data begins, in bytes from the start of the profile. */
    final long values;

    RawSections(Image image, RawLayout layout) {
        boolean hasBitmaps = layout.has(HeaderField.BITMAPS_SIZE);
        boolean hasVtables = layout.has(HeaderField.VTABLES);
        counterSize = Variant.counterSize(image.rawVersion());

        Section header = new Section(0, layout.headerSize());
        binaryIds = header.then(
                layout.has(HeaderField.BINARY_IDS_SIZE) ? image.binaryIds().remaining() : 0);
        records = binaryIds.then((long) image.functions() * layout.recordSize());
        counters = records.then(whole(image.countersSize(), counterSize));
        // Without bitmaps nothing pads the counters: what follows byte counters is not aligned, as compilers have it.
        bitmaps = hasBitmaps ? counters.thenPadded(image.bitmapsSize()) : counters.then(0);
        names = bitmaps.thenPadded(image.names().remaining());
        vtables = names.thenPadded(hasVtables ? whole(image.vtables().remaining(), VTABLE_SIZE) : 0);
        vtableNames = vtables.thenPadded(hasVtables ? image.vtableNames().remaining() : 0);
        values = vtableNames.thenPadded(0).begin();
    }

    /** What of a size is whole entries. */
    private static int whole(int size, int entry) {
        return size - size % entry;
    }
}
