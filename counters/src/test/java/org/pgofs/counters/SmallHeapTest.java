package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is within the bounds can be read, taken and reset at the worst moment. A real tmpfs; needs root. */
class SmallHeapTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @CsvSource({
        "sums, 1",
        "sums, 3",
        "sums, 200",
        "bytes, 1",
        "bytes, 3",
        "bytes, 200",
        "values, 1",
        "values, 3",
        "values, 200"
    })
    void shouldTakeWhatTwoUsersFillTheirMemoryWith(String counters, int images) throws Exception {
        assertEquals("done\n", run(temporary.resolve("segments"), counters, images, "full"));
    }

    @ParameterizedTest
    @CsvSource({"sums, 1", "sums, 50", "bytes, 1", "bytes, 50"})
    void shouldGoOnAfterThereWasNotEnough(String counters, int images) throws Exception {
        assertEquals("done\n", run(temporary.resolve("segments"), counters, images, "short"));
    }

    private static String run(Path segments, String counters, int images, String fill)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // As the launcher has it.
                        "-XX:+UseSerialGC",
                        "-Xmx96m",
                        "-cp",
                        System.getProperty("java.class.path").replace(File.pathSeparator, ":"),
                        SmallHeap.class.getName(),
                        segments.toString(),
                        counters,
                        Integer.toString(images),
                        fill)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        StoreFixture.await(() -> StoreFixture.run("umount", segments.toString()));
        return said.lines().filter(line -> !line.startsWith("SLF4J")).reduce("", (text, line) -> text + line + "\n");
    }
}
