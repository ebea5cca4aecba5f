package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Coverage-guided fuzzing of everything that reads what somebody else wrote: Jazzer for the daemon's side, libFuzzer for
 * the target's. A bounded number of runs; by {@code --full} ten minutes each.
 */
final class FuzzIT {
    private static final int FULL_SECONDS = 600;
    private static final Path C_FUZZ = Checkout.ROOT.resolve("counters/src/test/c/fuzz/run.sh");
    private static final Path SEEDS = Checkout.SOURCES.resolve("fuzz");

    @TempDir
    Path directory;

    @Test
    void shouldOnlyThrowWhatIsDocumented() throws IOException {
        for (int i = 0; i < EveryParserFuzz.TARGETS.size(); i++) {
            String name = EveryParserFuzz.TARGETS.get(i).getSimpleName();
            for (File seed : Objects.requireNonNull(SEEDS.resolve(name).toFile().listFiles())) {
                ByteArrayOutputStream chosen = new ByteArrayOutputStream();
                chosen.write(i);
                chosen.write(Files.readAllBytes(seed.toPath()));
                Files.write(directory.resolve(name + "-" + seed.getName()), chosen.toByteArray());
            }
        }
        jazzer(EveryParserFuzz.class, "-runs=20000", directory);
    }

    @ParameterizedTest
    @MethodSource
    @EnabledIfSystemProperty(named = "pgofs.full", matches = "true")
    void shouldOnlyThrowWhatIsDocumentedForLong(Class<?> target) {
        jazzer(target, "-max_total_time=" + FULL_SECONDS, SEEDS.resolve(target.getSimpleName()));
    }

    static List<Class<?>> shouldOnlyThrowWhatIsDocumentedForLong() {
        return EveryParserFuzz.TARGETS;
    }

    private void jazzer(Class<?> target, String bound, Path seeds) {
        Shell.Result result = Shell.in(directory)
                .run(Stream.of(
                                List.of("nice", "java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                                List.of("-cp", classPath(), "com.code_intelligence.jazzer.Jazzer"),
                                List.of("--target_class=" + target.getName(), "-timeout=20", "-rss_limit_mb=0"),
                                List.of("--instrumentation_includes=org.pgofs.**", "-seed=1", "-max_len=4096"),
                                List.of("-print_final_stats=1", bound, directory.toString(), seeds.toString()))
                        .flatMap(List::stream)
                        .toArray(String[]::new));
        report(target.getSimpleName(), result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"records", "notes", "headers", "uid_map"})
    void shouldStayInsideWhatATargetReads(String target) {
        String bound = Checkout.FULL ? "-max_total_time=" + FULL_SECONDS : "-runs=20000";
        report(
                target,
                Shell.in(directory)
                        .run(
                                C_FUZZ.toString(),
                                directory.toString(),
                                target,
                                bound,
                                "-seed=1",
                                "-print_final_stats=1"));
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** The figures that docs/reliability.md has. */
    private static void report(String name, Shell.Result result) {
        assertEquals(0, result.status(), result::errors);
        String done = result.errors()
                .lines()
                .filter(line -> line.contains("DONE"))
                .findAny()
                .orElseThrow();
        assertTrue(done.contains("cov: "), "coverage is measured: " + done);
        System.out.printf("fuzzed %s: %s%n", name, done);
    }
}
