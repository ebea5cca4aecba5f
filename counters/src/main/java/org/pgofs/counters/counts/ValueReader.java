package org.pgofs.counters.counts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.format.ValueSiteLayout;
import org.pgofs.counters.image.CanonicalValues;
import org.pgofs.counters.image.LinkTimes;

/** Adds the observed values of members to histograms. Not thread-safe: it has one buffer. */
final class ValueReader {
    private static final int SITES = 512;

    /** How many values one member may have; a whole compiler has fewer. Further ones are left out. */
    private static final int MOST = 1 << 20;

    private int found;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(SITES * ValueSiteLayout.SIZE).order(ByteOrder.LITTLE_ENDIAN);

    /**
     * Adds the values observed since the last reset; sites of another epoch count as empty.
     *
     * @param canonical of the member's image
     * @param counts to which to add
     */
    void add(Member member, CanonicalValues canonical, ValueSink counts) throws IOException {
        Area area = member.valueSites();
        long at = member.hasValueSites() ? member.nextData(area, 0) : 0;
        found = 0;
        if (at >= area.size()) {
            return;
        }
        LinkTimes linkTimes = member.linkTimes();
        while (at < area.size() && found < MOST) {
            int first = (int) (at / ValueSiteLayout.SIZE);
            long begin = (long) first * ValueSiteLayout.SIZE;
            buffer.clear().limit((int) Math.min(buffer.capacity(), area.size() - begin));
            member.read(area, begin, buffer);
            int read = buffer.flip().limit() / ValueSiteLayout.SIZE;
            for (int i = 0; i < read; i++) {
                if (buffer.getLong(i * ValueSiteLayout.SIZE + ValueSiteLayout.EPOCH) == member.epoch()) {
                    addSite(first + i, i * ValueSiteLayout.SIZE, linkTimes, canonical, counts);
                }
            }
            long next = begin + buffer.capacity();
            at = next < area.size() ? member.nextData(area, next) : next;
        }
    }

    private void addSite(int site, int at, LinkTimes linkTimes, CanonicalValues canonical, ValueSink counts) {
        for (int slot = 0; slot < ValueSiteLayout.SLOTS; slot++) {
            int slotAt = at + ValueSiteLayout.SLOT + slot * ValueSiteLayout.SLOT_SIZE;
            long count = buffer.getLong(slotAt + ValueSiteLayout.COUNT);
            if (count > 0) {
                found++;
                long value = buffer.getLong(slotAt + ValueSiteLayout.VALUE);
                counts.add(site, canonical.of(site, value, linkTimes), count);
            }
        }
    }
}
