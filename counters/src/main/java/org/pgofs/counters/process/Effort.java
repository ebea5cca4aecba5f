package org.pgofs.counters.process;

/**
 * What a look at processes may take.
 *
 * @param asked when it was asked for, as {@link System#nanoTime} has it: one that begins later will do as well
 * @param until when it ends, whether all were looked at or not
 * @param kind what it is for
 */
record Effort(long asked, long until, Kind kind) {
    /** What a look is for. */
    enum Kind {
        /** Somebody reads: of what was saved up, as long as there is some. */
        READING,
        /** Counts are given up after it, as by a reset: it is made whatever it takes. */
        CHANGE,
        /** Nobody asked: the share of time that looks may take. */
        REGULAR
    }

    /** More than a look at a process takes, even on a busy machine. */
    static final long MOST_NS = 2_000_000_000L;

    /** One that begins now. */
    static Effort now(Kind kind) {
        long now = System.nanoTime();
        return new Effort(now, now + MOST_NS, kind);
    }

    /** How long it may go on, in nanoseconds. */
    long left() {
        return until - System.nanoTime();
    }

    /** Whether there is the time to look at one process more, and to wait for it long enough. */
    boolean isLong() {
        return left() >= MOST_NS / 2;
    }
}
