package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The benchmarks work: what they measure in so few rounds means nothing. */
final class BenchIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "build, processor  pgofs",
        "end, pgofs/llvm-profdata",
        "files, a read of 1 byte",
        "fleet, pgofs/llvm-profdata",
        "freeze, reset  ",
        "jmh, ValueMerging.merge",
        "live, idle for 0 s",
        "memory, 1000 functions, idle",
        "program, instructions   pgofs",
        "read, warm   C",
        "start, mount until ready"
    })
    void shouldReport(String name, String line) {
        Shell.Result result = Shell.in(directory)
                .with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"))
                .with("PGOFS_BENCH_ROUNDS", "1")
                .with("PGOFS_BENCH_WARM_ROUNDS", "1")
                .with("PGOFS_BENCH_PROCESSES", "20")
                .with("PGOFS_BENCH_FUNCTIONS", "1000")
                .with("PGOFS_BENCH_FLEET", "20x100")
                .with("PGOFS_BENCH_IDLE", "0")
                .with("PGOFS_BENCH_SWEEP", "1 2")
                .with("PGOFS_BENCH_CHARTS", directory.toString())
                .with("PGOFS_BENCH_JMH", "-f 0 -wi 0 -i 1 -r 1ms -p members=1 -p functions=1000")
                .run(
                        Checkout.ROOT
                                .resolve("integration-tests/bench")
                                .resolve(name)
                                .toString(),
                        String.valueOf(Toolchain.DEFAULT.version()))
                .ok();
        assertEquals("", result.errors());
        assertTrue(result.output().contains(line), result.output());
    }

    @Test
    void shouldDrawAChartOfEachThingThatGrows() throws IOException {
        shouldReport("sweep", "reset");
        for (String what : List.of("counters", "processes", "images", "functions")) {
            String chart = Files.readString(directory.resolve("sweep-" + what + ".svg"));
            assertTrue(chart.contains("<svg") && chart.contains(">profdata<"), chart);
            assertTrue(Files.exists(Checkout.ROOT.resolve("docs/sweep-" + what + ".svg")), what);
        }
    }

    @Test
    void shouldListWhatThePageOnPerformanceExplains() throws IOException {
        String page = Files.readString(Checkout.ROOT.resolve("docs/performance.md"));
        List<String> names = Shell.in(directory)
                .run(Checkout.ROOT.resolve("pgofs").toString(), "bench", "--help")
                .ok()
                .output()
                .lines()
                .map(line -> line.substring(0, line.indexOf(':')))
                .toList();
        assertEquals(
                List.of(
                        "read", "files", "start", "memory", "live", "freeze", "program", "end", "build", "fleet",
                        "sweep", "jmh"),
                names);
        for (String name : names) {
            assertTrue(page.lines().anyMatch(line -> line.startsWith("## ") && line.contains(name)), name);
        }
    }
}
