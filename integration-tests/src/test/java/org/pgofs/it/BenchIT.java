package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The benchmarks work: what they measure in so few rounds means nothing. */
final class BenchIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"build, processor  pgofs", "files, a read of 1 byte", "fleet, pgofs/llvm-profdata", "read, warm   C"})
    void shouldReport(String name, String line) {
        Shell.Result result = Shell.in(directory)
                .with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"))
                .with("PGOFS_BENCH_ROUNDS", "1")
                .with("PGOFS_BENCH_WARM_ROUNDS", "1")
                .with("PGOFS_BENCH_PROCESSES", "20")
                .with("PGOFS_BENCH_FUNCTIONS", "1000")
                .with("PGOFS_BENCH_FLEET", "20x100")
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
}
