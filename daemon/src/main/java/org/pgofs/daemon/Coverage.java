package org.pgofs.daemon;

import java.util.Map;
import java.util.TreeMap;

/** Which bytes of a file have been delivered, in whatever order and pieces. */
final class Coverage {
    /** End by begin, of ranges that neither overlap nor touch. */
    private final TreeMap<Long, Long> ranges = new TreeMap<>();

    void add(long from, long to) {
        if (from >= to) {
            return;
        }
        long begin = from;
        long end = to;
        Map.Entry<Long, Long> other = ranges.floorEntry(end);
        while (other != null && other.getValue() >= begin) {
            begin = Math.min(begin, other.getKey());
            end = Math.max(end, other.getValue());
            ranges.remove(other.getKey());
            other = ranges.floorEntry(end);
        }
        ranges.put(begin, end);
    }

    /** Whether everything before an offset was delivered. */
    boolean isComplete(long size) {
        return size == 0 || ranges.getOrDefault(0L, 0L) >= size;
    }
}
