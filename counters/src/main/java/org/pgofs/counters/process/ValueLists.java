package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.image.LoadedImage;

/**
 * What the value sites of a process with the compiler's own runtime observed. Each function that has sites has an array of
 * pointers, one for each site, and each of them leads to a list:
 *
 * <pre>
 *   record.values --> | site 0 | site 1 | ...      8 bytes each, 0 for an empty list
 *                         |
 *                         v
 *                     | value u64 | count u64 | next |  --> ...
 * </pre>
 *
 * The process changes the lists meanwhile, and may have written anything: none is followed further than a profile could
 * hold it. Memory is read by the page, since the parts of a list lie near to one another.
 */
final class ValueLists {
    private static final int PAGE = 4096;
    private static final int NODE = 24;
    private static final int COUNT = 8;
    private static final int NEXT = 16;

    /** How much of a process is read at most: 64 MiB. */
    private static final int MOST_PAGES = 1 << 14;

    /** How many values a process may have, as those have who publish. */
    private static final int MOST_VALUES = 1 << 20;

    private final Memory memory;
    private final Map<Long, byte[]> pages = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PAGE);
    private final ByteBuffer node = ByteBuffer.allocate(NODE).order(ByteOrder.LITTLE_ENDIAN);
    private final long most;
    private int found;
    private boolean full;
    private boolean cut;

    /** The memory of a process. */
    @FunctionalInterface
    interface Memory {
        /**
         * Fills a buffer.
         *
         * @param target direct; its position moves to its limit
         * @throws IOException if not all of it is there
         */
        void read(long address, ByteBuffer target) throws IOException;
    }

    /**
     * Those of a process.
     *
     * @param room how many values of all its images are taken up; further ones are left out
     */
    ValueLists(Memory memory, long room) {
        this.memory = memory;
        most = Math.min(room, MOST_VALUES);
    }

    /** Whether values were left out for lack of room. */
    boolean isFull() {
        return full;
    }

    /** Whether a list had more values than a profile could hold, or no end. */
    boolean isCut() {
        return cut;
    }

    /**
     * Reads the values of an image.
     *
     * @param sites for each function where its sites are, 0 if it has none yet
     * @return canonical values
     */
    ValueList read(LoadedImage image, long[] sites) {
        ValueList values = new ValueList();
        for (int i = 0; i < sites.length; i++) {
            int count = image.functions().get(i).siteCount();
            for (int site = 0; site < count && sites[i] != 0; site++) {
                read(sites[i] + (long) site * Long.BYTES, image.firstSite(i) + site, image, values);
            }
        }
        return values;
    }

    private void read(long head, int site, LoadedImage image, ValueList values) {
        if (!fill(head, Long.BYTES)) {
            return;
        }
        long next = node.getLong(0);
        for (int i = 0; next != 0 && !full && fill(next, NODE); i++) {
            if (i == Snapshot.MAX_VALUES) {
                cut = true;
                return;
            }
            long count = node.getLong(COUNT);
            if (count > 0 && found >= most) {
                full = true;
            } else if (count > 0) {
                found++;
                values.add(site, image.canonical(site, node.getLong(0)), count);
            }
            next = node.getLong(NEXT);
        }
    }

    /** Whether there is something at an address; it is put at the start of the node. */
    private boolean fill(long address, int size) {
        for (int i = 0; i < size; i += Long.BYTES) {
            long at = address + i;
            byte[] page = page(at & -PAGE);
            int inPage = (int) (at & (PAGE - 1));
            if (page.length == 0 || inPage > PAGE - Long.BYTES) { // a list is aligned
                return false;
            }
            node.put(i, page, inPage, Long.BYTES);
        }
        return true;
    }

    /** Empty if there is none. */
    private byte[] page(long address) {
        byte[] known = pages.get(address);
        if (known == null) {
            known = pages.size() < MOST_PAGES ? readPage(address) : new byte[0];
            pages.put(address, known);
        }
        return known;
    }

    private byte[] readPage(long address) {
        try {
            memory.read(address, buffer.clear());
        } catch (IOException e) {
            return new byte[0];
        }
        byte[] page = new byte[PAGE];
        buffer.flip().get(page);
        return page;
    }
}
