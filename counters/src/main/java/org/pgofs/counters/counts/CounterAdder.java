package org.pgofs.counters.counts;

import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Adds up the counters of all members of an image. Much work is divided among threads: by pieces of the counters and, where
 * these are few, by groups of members too.
 */
final class CounterAdder implements Helpers.Task {
    /** Bytes to read, from which on helpers are asked: to wake one takes as long as to read a tenth of it. */
    private static final long WORTH_HELP = 1 << 20;

    /** As how many bytes a piece of one member counts at least, since it takes a system call. */
    private static final long LEAST_READ = 4096;

    /** Tasks for each thread: one that has to wait for a processor is not waited for long. */
    private static final int TASKS = 4;

    private final List<Member> members;
    private final int begin;
    private final int counters;
    private final Target target;
    private final BooleanSupplier stopped;
    private final Piece[] pieces;
    private int groups = 1;

    /** Gets the sums, from several threads at once. */
    interface Target {
        /**
         * Takes a piece.
         *
         * @param at the index of the first counter
         * @param sums not negative; may be changed, but not kept
         * @param count how many
         */
        void take(int at, long[] sums, int count);
    }

    /** The sums of those groups of members that are added up. */
    private static final class Piece {
        private long[] sums;
        private int added;
    }

    /**
     * Prepares to add up.
     *
     * @param begin offset in bytes of the first counter in the counters section
     * @param counters how many
     * @param stopped whether no more pieces are needed
     */
    CounterAdder(Collection<Member> members, int begin, int counters, Target target, BooleanSupplier stopped) {
        this.members = List.copyOf(members);
        this.begin = begin;
        this.counters = counters;
        this.target = target;
        this.stopped = stopped;
        pieces = new Piece[(counters + CounterReader.COUNTERS - 1) / CounterReader.COUNTERS];
        Arrays.setAll(pieces, i -> new Piece());
    }

    /** Adds up. When it returns, no thread is at work. */
    void run(CounterReader own, Helpers helpers) throws IOException {
        long work = members.size() * (pieces.length * LEAST_READ + (long) counters * Long.BYTES);
        if (helpers.most() > 0 && work >= WORTH_HELP) {
            groups = Math.max(1, Math.min(members.size(), TASKS * (helpers.most() + 1) / pieces.length));
            helpers.run(pieces.length * groups, own, this);
            return;
        }
        for (int i = 0; i < pieces.length; i++) {
            run(i, own);
        }
    }

    /** Adds one group of members to one piece. */
    @Override
    public void run(int index, CounterReader reader) throws IOException {
        if (stopped.getAsBoolean()) {
            return;
        }
        int group = index % groups;
        int at = index / groups * CounterReader.COUNTERS;
        int count = Math.min(CounterReader.COUNTERS, counters - at);
        reader.clear(count);
        long size = members.size();
        for (Member member : members.subList((int) (size * group / groups), (int) (size * (group + 1) / groups))) {
            reader.add(member, begin + (long) at * Long.BYTES, count);
        }
        if (groups == 1 || isLast(pieces[index / groups], reader.sums(), count)) {
            target.take(at, reader.sums(), count);
        }
    }

    /** Adds the sums of a group to those of others; whether it was the last: then it has the sums of all. */
    private boolean isLast(Piece piece, long[] sums, int count) {
        synchronized (piece) {
            piece.added++;
            if (piece.sums == null) {
                piece.sums = Arrays.copyOf(sums, count);
                return false;
            }
            boolean last = piece.added == groups;
            CounterSum.add(last ? sums : piece.sums, last ? piece.sums : sums, count);
            return last;
        }
    }
}
