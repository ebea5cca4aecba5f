package org.pgofs.profdata;

import java.util.List;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;
import org.pgofs.profdata.format.IndexedLayout;

/** The records of an indexed profile as they are without counts: of which functions they are, and their sizes. Immutable. */
final class Records {
    private static final ValueKind[] KINDS = ValueKind.values();
    /** Of a name in a chain: its hash, its size and that of its data. */
    private static final int ITEM_HEAD = 3 * Long.BYTES;

    private final Image[] images;
    private final IndexedLayout layout;
    private final FunctionOrder order;
    private final int times;

    Records(List<? extends Image> images, IndexedLayout layout, FunctionOrder order) {
        this.images = images.toArray(Image[]::new);
        this.layout = layout;
        this.order = order;
        long version = images.isEmpty() ? 0 : images.get(0).rawVersion();
        times = Variant.hasTimes(version) ? Long.BYTES / Variant.counterSize(version) : 0;
    }

    IndexedLayout layout() {
        return layout;
    }

    FunctionOrder order() {
        return order;
    }

    /** The image of a function; for a record, that of its first function. */
    Image image(int at) {
        return images[order.image(at)];
    }

    /** How many counters a function begins with that are the time of its first call. */
    int times() {
        return times;
    }

    /** How many counters a record has: without the time. */
    int counters(int at) {
        return image(at).counters(order.function(at)) - times;
    }

    int bitmapSize(int at) {
        return image(at).bitmapSize(order.function(at));
    }

    /** The number of value sites of a kind. */
    int sites(int at, int kind) {
        return image(at).valueSites(order.function(at), KINDS[kind]);
    }

    /** What begins with a record before it: a chain, a name. */
    int headSize(int at, int nameLength) {
        int chain = order.beginsChain(at) ? Short.BYTES : 0;
        return order.beginsName(at) ? chain + ITEM_HEAD + nameLength : 0;
    }

    /** The size of a record without values. */
    long size(int at) {
        long numbers = 2L + counters(at);
        numbers += layout.hasBitmaps() ? 1L + bitmapSize(at) : 0;
        numbers += layout.hasUniformity() ? 1 : 0;
        return numbers * Long.BYTES + siteSize(at);
    }

    /** The size of the value data of a record without values. */
    long siteSize(int at) {
        long size = ValueSites.HEAD;
        for (int kind = 0; kind < layout.valueKinds(); kind++) {
            int sites = sites(at, kind);
            size += sites == 0 ? 0 : IndexedLayout.padded(ValueSites.HEAD + (long) sites);
        }
        return size;
    }

    /** The size of all chains without values. */
    long allSizes() {
        long size = (long) order.chainCount() * Short.BYTES + (long) order.nameCount() * ITEM_HEAD + order.nameBytes();
        for (int at = 0; at < order.size(); at = order.nextRecord(at)) {
            size += size(at);
        }
        return size;
    }

    /** The number of counters of all records. */
    long allCounters() {
        long counters = 0;
        for (int at = 0; at < order.size(); at = order.nextRecord(at)) {
            counters += counters(at);
        }
        return counters;
    }
}
