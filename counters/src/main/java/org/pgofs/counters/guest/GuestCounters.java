package org.pgofs.counters.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.time.Duration;

/**
 * What the counters of a running kernel can have become after a while: a kernel only counts up. It tells those of the
 * same kernel from those of one that was started again, and from pages that are now used for something else.
 */
final class GuestCounters {
    private static final int PAGE = 4096;

    /** No machine counts faster in a second: 2^40 is 250 processors that do nothing else. */
    private static final long MOST_IN_A_SECOND = 1L << 40;

    /** No counter goes further: two years of a processor that does nothing else. Addresses and text are beyond it. */
    private static final long MOST = 1L << 56;

    /**
     * Counters may go back by themselves, when one of several processors stores a sum that it began to make before
     * another one's: one counter for each processor.
     */
    private static final int MOST_LOWER = 32;

    private GuestCounters() {}

    /** Aligned to pages: then no counter is read in two halves. */
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

    /** Whether a kernel that had the ones can have the others a while later. */
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

    /** Whether the others are those of a kernel that began anew since the ones. */
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
