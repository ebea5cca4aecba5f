package org.pgofs.counters.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.time.Duration;

/**
 * Decides whether counters can be later ones of the same run of a kernel, which only counts up. It tells them from the
 * counters of a kernel that was started again, and from pages that have other contents now.
 */
final class GuestCounters {
    private static final int PAGE = 4096;

    /** No machine counts faster in a second: 2^40 is 250 processors that do nothing else. */
    private static final long MOST_IN_A_SECOND = 1L << 40;

    /** No counter is larger: it would take a processor two years. Addresses and text are larger numbers. */
    private static final long MOST = 1L << 56;

    /**
     * A counter may decrease in a running kernel: a processor stores a sum that it read before another processor added
     * to the counter. At most one counter for each processor.
     */
    private static final int MOST_LOWER = 32;

    private GuestCounters() {}

    /** Memory that is aligned to pages: so no counter is read in two halves. */
    static ByteBuffer allocate(int size) {
        int pages = (size + PAGE - 1) / PAGE * PAGE;
        return ByteBuffer.allocateDirect(pages + PAGE)
                .alignedSlice(PAGE)
                .slice(0, size)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    static boolean areZero(ByteBuffer counters) {
        LongBuffer numbers = numbers(counters);
        while (numbers.hasRemaining()) {
            if (numbers.get() != 0) {
                return false;
            }
        }
        return true;
    }

    static boolean arePlausible(ByteBuffer counters) {
        LongBuffer numbers = numbers(counters);
        while (numbers.hasRemaining()) {
            if (Long.compareUnsigned(numbers.get(), MOST) > 0) {
                return false;
            }
        }
        return true;
    }

    /** Whether a kernel that had the first counters can have the second ones after this time. */
    static boolean canFollow(ByteBuffer before, ByteBuffer after, Duration elapsed) {
        LongBuffer old = numbers(before);
        LongBuffer now = numbers(after);
        long most = MOST_IN_A_SECOND * (1 + Math.max(0, Math.min(elapsed.toSeconds(), 1 << 20)));
        int lower = 0;
        int counted = 0;
        while (old.hasRemaining()) {
            long from = old.get();
            long to = now.get();
            counted += from != 0 ? 1 : 0;
            if (Long.compareUnsigned(to, from) < 0) {
                lower++;
            } else if (Long.compareUnsigned(to - from, most) > 0) {
                return false;
            }
        }
        return lower <= Math.min(MOST_LOWER, counted / 2);
    }

    /** Whether the second counters are those of a kernel that was started again after the first. */
    static boolean haveRestarted(ByteBuffer before, ByteBuffer after) {
        LongBuffer old = numbers(before);
        LongBuffer now = numbers(after);
        int lower = 0;
        int counted = 0;
        while (old.hasRemaining()) {
            long from = old.get();
            counted += from != 0 ? 1 : 0;
            lower += Long.compareUnsigned(now.get(), from) < 0 ? 1 : 0;
        }
        return lower > counted / 2;
    }

    private static LongBuffer numbers(ByteBuffer counters) {
        return counters.duplicate().order(ByteOrder.LITTLE_ENDIAN).rewind().asLongBuffer();
    }
}
