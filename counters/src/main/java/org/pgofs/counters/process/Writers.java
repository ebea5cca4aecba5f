package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Processes that may write a profile, or have. */
public final class Writers {
    private static final Path STAT = Path.of("/proc/stat");
    private static final String BOOT = "btime ";
    private static final long TICKS = 100;

    /** The time of the boot is told in seconds. */
    private static final long SLACK_S = 2;

    private Writers() {}

    /**
     * Whether a process runs that may have written a file.
     *
     * @param pid its number
     * @param user whose the file is
     * @param modified when the file was written, in nanoseconds since 1970
     * @return false too if another process has the number meanwhile
     */
    public static boolean isRunning(int pid, int user, long modified) {
        try {
            ProcessStat stat = ProcessStat.of(pid);
            return stat.memory() != 0 // else it has ended, and its parent has not noticed
                    && ProcessUser.of(pid).user() == user
                    && boot() + stat.startTime() / TICKS <= TimeUnit.NANOSECONDS.toSeconds(modified) + SLACK_S;
        } catch (IOException e) {
            return false;
        }
    }

    /** When the machine was started, in seconds since 1970. */
    private static long boot() throws IOException {
        return Files.readAllLines(STAT, StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.startsWith(BOOT))
                .mapToLong(line -> Long.parseLong(line.substring(BOOT.length())))
                .findFirst()
                .orElse(0);
    }
}
