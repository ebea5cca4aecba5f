package org.pgofs.fleet.job;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.pgofs.fleet.store.PieceName;

/**
 * Some hours.
 *
 * @param since the first whole hour
 * @param until the whole hour behind the last
 */
public record Window(Instant since, Instant until) implements Comparable<Window> {
    /** All hours that a name can have. */
    public static final Window ALL =
            new Window(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-12-31T23:00:00Z"));

    /**
     * Checks both.
     *
     * @param since see the record
     * @param until see the record
     * @throws IllegalArgumentException if they are no whole hours, or in the wrong order
     */
    public Window {
        if (!isHour(since) || !isHour(until)) {
            throw new IllegalArgumentException("a window begins and ends at a whole hour");
        }
        if (!since.isBefore(until)) {
            throw new IllegalArgumentException("the window ends at " + until + ", before it begins at " + since);
        }
    }

    private static boolean isHour(Instant moment) {
        return moment.equals(moment.truncatedTo(ChronoUnit.HOURS));
    }

    /**
     * Whether an hour is one of it.
     *
     * @param hour a whole hour
     * @return whether it is
     */
    public boolean has(Instant hour) {
        return !hour.isBefore(since) && hour.isBefore(until);
    }

    /**
     * Its name in a store.
     *
     * @return first hour and the one behind the last, with '-' between
     */
    public String name() {
        return PieceName.hour(since) + "-" + PieceName.hour(until);
    }

    /**
     * Reads a name.
     *
     * @param name as {@link #name} makes it
     * @return the window
     * @throws IllegalArgumentException if it is none
     */
    public static Window parse(String name) {
        String[] hours = name.split("-", -1);
        if (hours.length != 2) {
            throw new IllegalArgumentException("'" + name + "' is no window");
        }
        return new Window(PieceName.parseHour(hours[0]), PieceName.parseHour(hours[1]));
    }

    @Override
    public int compareTo(Window other) {
        int order = until.compareTo(other.until);
        return order != 0 ? order : since.compareTo(other.since);
    }
}
