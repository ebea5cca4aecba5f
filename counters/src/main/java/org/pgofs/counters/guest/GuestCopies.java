package org.pgofs.counters.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The copies of a kernel in the memory of a machine that are not taken for the running kernel. Comparing each with its
 * counters at the last look tells whether it is a remnant. Most machines have none.
 */
final class GuestCopies {
    private final int countersSize;
    private final TreeMap<Long, Copy> copies = new TreeMap<>();

    GuestCopies(int countersSize) {
        this.countersSize = countersSize;
    }

    /** A copy whose counters are not all 0. */
    final class Copy {
        private final long place;
        private ByteBuffer counters = GuestCounters.allocate(countersSize);
        private ByteBuffer next = GuestCounters.allocate(countersSize);
        private Instant read;
        private boolean appeared;
        private boolean counting;

        private Copy(long place) {
            this.place = place;
        }

        long place() {
            return place;
        }

        ByteBuffer counters() {
            return counters;
        }

        /** Reads it again, and says whether it is still a copy. */
        private boolean look(KernelMemory memory) throws IOException {
            if (!memory.read(place, next) || GuestCounters.areZero(next) || !GuestCounters.arePlausible(next)) {
                return false;
            }
            Instant now = Instant.now();
            appeared = read == null || GuestCounters.haveRestarted(counters, next);
            counting = !appeared
                    && !next.rewind().equals(counters.rewind())
                    && GuestCounters.canFollow(counters, next, Duration.between(read, now));
            read = now;
            ByteBuffer old = counters;
            counters = next;
            next = old;
            return true;
        }
    }

    /**
     * Looks at all copies.
     *
     * @param except the place of the running kernel, if known
     */
    void look(KernelMemory memory, long except) throws IOException {
        TreeMap<Long, Copy> seen = new TreeMap<>();
        for (long place : memory.places()) {
            Copy copy = copies.containsKey(place) ? copies.get(place) : new Copy(place);
            if (place != except && copy.look(memory)) {
                seen.put(place, copy);
            }
        }
        copies.clear();
        copies.putAll(seen);
    }

    /** A copy that did not exist at the last look, or whose counters have restarted since. */
    Optional<Copy> appeared() {
        return copies.values().stream().filter(copy -> copy.appeared).findFirst();
    }

    /** A copy that existed at the last look and has counted since. */
    Optional<Copy> counting() {
        return copies.values().stream().filter(copy -> copy.counting).findFirst();
    }

    /** A copy that continues where a sample ended. */
    Optional<Copy> following(ByteBuffer sample, Duration elapsed) {
        return copies.values().stream()
                .filter(copy -> GuestCounters.canFollow(sample, copy.counters, elapsed))
                .findFirst();
    }

    /** The copy, if there is only one. */
    Optional<Copy> only() {
        return copies.size() == 1 ? Optional.of(copies.firstEntry().getValue()) : Optional.empty();
    }

    /** Adds a copy that was taken for the running kernel until now. */
    void know(long place, ByteBuffer counters) {
        Copy copy = new Copy(place);
        copy.counters.put(0, counters, 0, countersSize);
        copy.read = Instant.now();
        copies.put(place, copy);
    }

    /** Removes a copy that is now taken for the running kernel. */
    void forget(long place) {
        copies.remove(place);
    }
}
