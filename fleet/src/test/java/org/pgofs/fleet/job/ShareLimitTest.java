package org.pgofs.fleet.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShareLimitTest {
    private static long limit(String percent, Long... totals) {
        return ShareLimit.of(List.of(totals), new BigDecimal(percent));
    }

    @Test
    void shouldCutWhoHasMore() {
        assertEquals(20, limit("50", 1000L, 10L, 10L));
        assertEquals(1000, limit("50", 1000L, 600L, 400L), "exactly half is not more than half");
        assertEquals(10, limit("25", 1000L, 1000L, 10L, 10L), "two are cut to what the others have together");
        assertEquals(Long.MAX_VALUE, limit("100", Long.MAX_VALUE, Long.MAX_VALUE));
        assertEquals(80, limit("12.5", 1000L, 90L, 80L), "too few hosts for that share: all count the same");
        assertEquals(0, limit("10"));
        assertEquals(0, limit("10", 0L, 0L));
    }

    private static BigInteger cut(List<Long> totals, long limit) {
        return totals.stream()
                .map(total -> BigInteger.valueOf(Math.min(total, limit)))
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    private static boolean isWithin(List<Long> totals, long limit, int percent) {
        return BigInteger.valueOf(limit)
                        .multiply(BigInteger.valueOf(100))
                        .compareTo(cut(totals, limit).multiply(BigInteger.valueOf(percent)))
                <= 0;
    }

    /** The largest number with which no host has more than its share. */
    @Property
    void shouldBeTheLargestThatIsWithinTheShare(
            @ForAll @Size(min = 1, max = 12) List<@LongRange(min = 1, max = 1L << 62) Long> totals,
            @ForAll @IntRange(min = 1, max = 100) int percent) {
        long limit = ShareLimit.of(totals, BigDecimal.valueOf(percent));
        long most = totals.stream().mapToLong(Long::longValue).max().orElseThrow();
        if (totals.size() * percent < 100) {
            assertEquals(totals.stream().mapToLong(Long::longValue).min().orElseThrow(), limit);
            return;
        }
        assertTrue(isWithin(totals, limit, percent), "limit " + limit);
        assertTrue(limit == most || !isWithin(totals, limit + 1, percent), "a higher limit than " + limit);
    }
}
