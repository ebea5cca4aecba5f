package org.pgofs.fleet.job;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** How much one host can count if it may have no more than a part of what all count, those included that are cut to it. */
final class ShareLimit {
    private ShareLimit() {}

    /**
     * The largest limit at which no host has more than its share.
     *
     * @param totals what each host counted, 0 or more
     * @param percent the share, more than 0, to 100
     * @return 0 or more. If there are too few hosts for such a share: the least that one of them counted, so that all count
     *     the same
     */
    static long of(Collection<Long> totals, BigDecimal percent) {
        List<Long> counted = totals.stream()
                .filter(total -> total > 0)
                .sorted(Comparator.reverseOrder())
                .toList();
        if (counted.isEmpty()) {
            return 0;
        }
        // The share as a fraction p/q.
        BigInteger p = percent.setScale(Math.max(0, percent.scale())).unscaledValue();
        BigInteger q = BigInteger.TEN.pow(Math.max(0, percent.scale()) + 2);
        BigInteger rest = counted.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
        if (BigInteger.valueOf(counted.get(0)).multiply(q).compareTo(rest.multiply(p)) <= 0) {
            return counted.get(0);
        }
        for (int cut = 1; cut < counted.size(); cut++) {
            rest = rest.subtract(BigInteger.valueOf(counted.get(cut - 1)));
            BigInteger others = q.subtract(p.multiply(BigInteger.valueOf(cut)));
            if (others.signum() <= 0) {
                break;
            }
            BigInteger limit = rest.multiply(p).divide(others);
            if (limit.compareTo(BigInteger.valueOf(counted.get(cut))) >= 0) {
                return limit.longValueExact();
            }
        }
        return counted.get(counted.size() - 1);
    }
}
