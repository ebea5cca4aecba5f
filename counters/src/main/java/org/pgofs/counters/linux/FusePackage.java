package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How {@code libfuse.so.2} is installed: distributions, and versions of one, have it under different names. */
public final class FusePackage {
    private static final Path OS_RELEASE = Path.of("/etc/os-release");

    /** Since these versions packages have t64 in their names. */
    private static final double DEBIAN_OF_T64 = 13;

    private static final double UBUNTU_OF_T64 = 24.04;

    private FusePackage() {}

    /** What to do on this machine, in words that follow a colon. */
    public static String howToInstall() {
        return howToInstall(OS_RELEASE);
    }

    static String howToInstall(Path osRelease) {
        Map<String, String> system = read(osRelease);
        List<String> kinds =
                List.of((system.getOrDefault("ID", "") + " " + system.getOrDefault("ID_LIKE", "")).split(" ", -1));
        double version = version(system);
        return switch (kinds.get(0)) {
            case "debian" ->
                version == 0
                        ? "Debian's testing has no package of it: take libfuse2t64 of Debian 13 from"
                                + " https://deb.debian.org/debian/pool/main/f/fuse"
                        : apt(version >= DEBIAN_OF_T64);
            case "ubuntu" -> apt(version >= UBUNTU_OF_T64);
            default -> ofAnotherKind(kinds);
        };
    }

    private static String ofAnotherKind(List<String> kinds) {
        if (kinds.contains("fedora")) {
            return "dnf install fuse-libs";
        } else if (kinds.contains("suse")) {
            return "zypper install libfuse2";
        } else if (kinds.contains("arch")) {
            return "pacman -S fuse2";
        }
        return "install libfuse 2, whose package Debian and Ubuntu call libfuse2 or libfuse2t64";
    }

    private static String apt(boolean isOfT64) {
        return "apt-get install " + (isOfT64 ? "libfuse2t64" : "libfuse2");
    }

    /** Nothing if the file is not there. */
    private static Map<String, String> read(Path osRelease) {
        Map<String, String> values = new HashMap<>();
        try {
            for (String line : Files.readAllLines(osRelease)) {
                String[] parts = line.split("=", 2);
                if (parts.length == 2) {
                    values.put(parts[0], parts[1].replace("\"", ""));
                }
            }
        } catch (IOException e) {
            values.clear();
        }
        return values;
    }

    /** 0 without one. */
    private static double version(Map<String, String> system) {
        try {
            return Double.parseDouble(system.getOrDefault("VERSION_ID", "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
