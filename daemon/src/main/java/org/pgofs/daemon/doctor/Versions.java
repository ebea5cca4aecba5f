package org.pgofs.daemon.doctor;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.pgofs.daemon.status.Version;

/** What of which version takes part: the first thing to know of a machine where something is wrong. */
final class Versions {
    private Versions() {}

    /**
     * Of this process and this machine.
     *
     * @param osRelease the file os-release(5), which need not be there
     */
    static Finding of(Path osRelease) {
        return Finding.ok("pgofs %s, Java %s of %s, Linux %s on %s, %s"
                .formatted(
                        new Version().number(),
                        System.getProperty("java.version"),
                        System.getProperty("java.vendor"),
                        System.getProperty("os.version"),
                        System.getProperty("os.arch"),
                        distribution(osRelease)));
    }

    private static String distribution(Path osRelease) {
        Properties said = new Properties();
        try (Reader file = Files.newBufferedReader(osRelease)) {
            said.load(file);
        } catch (IOException | IllegalArgumentException e) {
            return "an unknown distribution";
        }
        return said.getProperty("PRETTY_NAME", "an unknown distribution").replaceAll("^[\"']|[\"']$", "");
    }
}
