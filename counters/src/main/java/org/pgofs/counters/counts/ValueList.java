package org.pgofs.counters.counts;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Observed values in the order in which they were added, in little memory. Not thread-safe. */
public final class ValueList implements ValueSink {
    private static final int ENTRY = 3;

    /** Bytes of an entry in a file. */
    public static final int ENTRY_SIZE = ENTRY * Long.BYTES;

    /** About how many bytes an entry takes up, with room to grow. */
    static final int BYTES = 2 * ENTRY_SIZE;

    private final long most;
    private long[] entries = new long[ENTRY];
    private int used;
    private boolean full;

    /** A list that takes all entries. */
    public ValueList() {
        this(Integer.MAX_VALUE);
    }

    /** A list that takes so many entries and leaves out further ones. */
    public ValueList(long most) {
        this.most = most;
    }

    @Override
    public void add(int site, long value, long count) {
        if (size() >= most) {
            full = true;
            return;
        }
        if (used == entries.length) {
            entries = Arrays.copyOf(entries, Math.addExact(used, ENTRY * (size() / 2 + 1)));
        }
        entries[used++] = site;
        entries[used++] = value;
        entries[used++] = count;
    }

    /** The number of entries. */
    public int size() {
        return used / ENTRY;
    }

    /** Whether entries were left out. */
    public boolean isFull() {
        return full;
    }

    /** The sites of its entries, in order; each as often as it has entries. */
    int[] sites() {
        int[] sites = new int[size()];
        for (int i = 0; i < sites.length; i++) {
            sites[i] = (int) entries[i * ENTRY];
        }
        Arrays.sort(sites);
        return sites;
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
