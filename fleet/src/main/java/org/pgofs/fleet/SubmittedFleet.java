package org.pgofs.fleet;

import org.pgofs.daemon.Pgofs;

/** {@code pgofs fleet} as a program for {@code spark-submit}, which has what a launcher and the daemon's libraries do elsewhere. */
public final class SubmittedFleet {
    private SubmittedFleet() {}

    /**
     * Runs a command.
     *
     * @param args the words after {@code pgofs fleet}
     */
    public static void main(String[] args) {
        Pgofs.runAlone(args, new FleetCommand());
    }
}
