package org.pgofs.fleet;

import org.pgofs.daemon.Pgofs;
import org.pgofs.fleet.ship.ShipCommand;

/** The command {@code pgofs} with the commands of this module. */
public final class PgofsFleet {
    private PgofsFleet() {}

    /**
     * Runs a command.
     *
     * @param args the words after {@code pgofs}
     */
    public static void main(String[] args) {
        Pgofs.run(args, new FleetCommand(), new ShipCommand());
    }
}
