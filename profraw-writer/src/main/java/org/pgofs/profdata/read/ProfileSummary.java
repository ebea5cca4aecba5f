package org.pgofs.profdata.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.format.Variant;
import org.pgofs.profdata.format.Summary;

/**
 * What a compiler takes a profile for as a whole: the numbers of {@code llvm-profdata show}. All are unsigned.
 *
 * @param functions that count in it
 * @param counters of these
 * @param greatestEntry the greatest first counter of a function
 * @param greatest of all counters
 * @param greatestOther the greatest of all but first counters
 * @param sum of all counters, modulo 2^64
 * @param cutoffs in ascending order
 */
public record ProfileSummary(
        long functions,
        long counters,
        long greatestEntry,
        long greatest,
        long greatestOther,
        long sum,
        List<Cutoff> cutoffs) {
    /** Counters from the smallest count of this part of the sum on are hot, in millionths. */
    public static final long HOT = 990_000;

    /** Counters up to the smallest count of this part of the sum are cold, in millionths. */
    public static final long COLD = 999_999;

    /**
     * How few counters make a part of the sum.
     *
     * @param millionths the part
     * @param count the smallest of these counters
     * @param counters how many have at least that count
     */
    public record Cutoff(long millionths, long count, long counters) {}

    /**
     * Sums a profile up.
     *
     * @param content the profile; of one that has functions in their contexts as well as plain ones, the plain ones
     * @return its summary
     * @throws IOException if there is no memory
     */
    public static ProfileSummary of(IndexedContent content) throws IOException {
        boolean isIr = (content.version() & Variant.IR) != 0;
        List<ProfiledFunction> plain = content.functions().stream()
                .filter(function -> !isIr || !function.isContextSensitive())
                .toList();
        List<ProfiledFunction> functions = plain.isEmpty() ? content.functions() : plain;
        long most = functions.stream().mapToLong(ProfiledFunction::size).sum();
        ByteBuffer bytes = ByteBuffer.allocate(Summary.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        try (Summary summary = new Summary(most)) {
            for (ProfiledFunction function : functions) {
                summary.add(function.size(), function::counter);
            }
            summary.put(bytes);
        }
        return read(bytes.flip());
    }

    private static ProfileSummary read(ByteBuffer bytes) {
        bytes.getLong();
        long size = bytes.getLong();
        long functions = bytes.getLong();
        long counters = bytes.getLong();
        long greatestEntry = bytes.getLong();
        long greatest = bytes.getLong();
        long greatestOther = bytes.getLong();
        long sum = bytes.getLong();
        List<Cutoff> cutoffs = new ArrayList<>();
        for (long i = 0; i < size; i++) {
            cutoffs.add(new Cutoff(bytes.getLong(), bytes.getLong(), bytes.getLong()));
        }
        return new ProfileSummary(functions, counters, greatestEntry, greatest, greatestOther, sum, cutoffs);
    }

    /**
     * A limit.
     *
     * @param millionths {@link #HOT} or {@link #COLD}
     * @return the limit
     */
    public Cutoff cutoff(long millionths) {
        return cutoffs.stream()
                .filter(cutoff -> cutoff.millionths() == millionths)
                .findFirst()
                .orElseThrow();
    }
}
