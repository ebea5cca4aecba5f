package org.pgofs.daemon.status;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which pgofs this is, as its build has written it down. */
public final class Version implements IVersionProvider {
    /** Set by the launcher. */
    private static final String HOME = "pgofs.home";

    private static final String FILE = "lib/version";
    private static final String UNKNOWN = "unknown";

    private final Properties said = new Properties();

    /** Of what runs. */
    public Version() {
        String home = System.getProperty(HOME, "/nonexistent");
        try (Reader file = Files.newBufferedReader(Path.of(home).resolve(FILE))) {
            said.load(file);
        } catch (IOException e) {
            said.clear(); // it runs out of its classes
        }
    }

    /**
     * The version.
     *
     * @return one that grows with each commit, as Debian compares them
     */
    public String number() {
        return of("version");
    }

    /**
     * The day of its commit.
     *
     * @return as in 2026-01-31
     */
    public String date() {
        return of("date");
    }

    private String of(String key) {
        return said.getProperty(key, UNKNOWN);
    }

    /**
     * Says all of it.
     *
     * @return a line
     */
    @Override
    public String[] getVersion() {
        return new String[] {"pgofs %s, commit %s of %s".formatted(number(), of("commit"), date())};
    }
}
