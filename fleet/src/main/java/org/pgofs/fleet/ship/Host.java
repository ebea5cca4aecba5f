package org.pgofs.fleet.ship;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * This machine, as the names of its pieces have it.
 *
 * @param name of the host
 * @param boot that runs now: 32 hexadecimal digits
 */
record Host(String name, String boot) {
    /**
     * This one.
     *
     * @param named the name that was asked for; null for that of the kernel
     */
    static Host here(String named) throws IOException {
        String name = named != null
                ? named
                : Files.readString(Path.of("/proc/sys/kernel/hostname"))
                        .strip()
                        .replaceAll("[^A-Za-z0-9._-]", "_")
                        .replaceFirst("^\\.", "_");
        String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
        return new Host(name, boot.strip().replace("-", ""));
    }
}
