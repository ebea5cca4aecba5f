package org.pgofs.counters.counts;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Observed values in the order in which they were added, in little memory. Not thread-safe. */
public final class ValueList implements ValueSink {
    private static final int ENTRY = 3;

    /** Bytes of an entry in a file. */
    public static final int ENTRY_SIZE = ENTRY * Long.BYTES;

    private long[] entries = new long[ENTRY];
    private int used;

    @Override
    public void add(int site, long value, long count) {
        if (used == entries.length) {
            entries = Arrays.copyOf(entries, Math.multiplyExact(2, used));
        }
        entries[used++] = site;
        entries[used++] = value;
        entries[used++] = count;
    }

    /** The number of entries. */
    public int size() {
        return used / ENTRY;
    }

    public void addTo(ValueSink sink) {
        for (int i = 0; i < used; i += ENTRY) {
            sink.add((int) entries[i], entries[i + 1], entries[i + 2]);
        }
    }

    public void subtractFrom(ValueCounts counts) {
        addTo((site, value, count) -> counts.add(site, value, -count));
    }

    /** Puts all entries, {@link #ENTRY_SIZE} bytes each. */
    void put(ByteBuffer target) {
        for (int i = 0; i < used; i++) {
            target.putLong(entries[i]);
        }
    }

    /** Adds an entry as {@link #put} wrote it. */
    public static void read(ByteBuffer source, ValueSink sink) {
        sink.add((int) source.getLong(), source.getLong(), source.getLong());
    }
}
