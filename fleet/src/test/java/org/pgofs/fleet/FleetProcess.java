package org.pgofs.fleet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The command in a process of its own. */
public final class FleetProcess {
    /** What Spark needs of a JVM. */
    public static final List<String> OPENS = Stream.of(
                    "java.lang",
                    "java.lang.invoke",
                    "java.nio",
                    "java.net",
                    "java.util",
                    "sun.nio.ch",
                    "sun.util.calendar")
            .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
            .toList();

    /**
     * A process that has ended.
     *
     * @param code its exit code
     * @param out its standard output
     * @param err its standard error
     */
    public record Ended(int code, String out, String err) {}

    private FleetProcess() {}

    /**
     * Runs {@code pgofs fleet}.
     *
     * @param words behind it
     * @return how it ended
     */
    public static Ended fleet(Object... words) {
        return fleetWith(System.getProperty("java.class.path"), words);
    }

    /**
     * Runs {@code pgofs fleet} with another class path.
     *
     * @param classPath of it
     * @param words behind it
     * @return how it ended
     */
    public static Ended fleetWith(String classPath, Object... words) {
        return fleet(classPath, List.of(), words);
    }

    /**
     * Runs {@code pgofs fleet} with little memory.
     *
     * @param heap at most, as {@code -Xmx} takes it
     * @param words behind it
     * @return how it ended
     */
    public static Ended fleetWithHeap(String heap, Object... words) {
        return fleet(System.getProperty("java.class.path"), List.of("-Xmx" + heap), words);
    }

    private static Ended fleet(String classPath, List<String> options, Object... words) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
        command.addAll(options);
        command.add("-XX:TieredStopAtLevel=1"); // it is over soon
        command.addAll(OPENS);
        command.addAll(List.of("-cp", classPath, "org.pgofs.fleet.PgofsFleet", "fleet"));
        Stream.of(words).map(Object::toString).forEach(command::add);
        return run(command);
    }

    /**
     * Runs a program.
     *
     * @param command its words
     * @return how it ended
     */
    public static Ended run(List<String> command) {
        try {
            Path out = Files.createTempFile("pgofs", ".out");
            Path err = Files.createTempFile("pgofs", ".err");
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            assertTrue(process.waitFor(5, TimeUnit.MINUTES));
            Ended ended = new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return ended;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
