package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.Variant;

/** What the real llvm-profdata understands of the profiles that are written. */
class LlvmProfdataIT {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"7, 13", "8, 14", "8, 16", "10, 19", "10, 22"})
    void shouldShowAllFunctionsOfSeveralImages(int number, int version) {
        Llvm llvm = new Llvm(version, directory);
        List<TestImage> images = List.of(image("a", number, 3), image("b", number, 1), image("c", number, 200));
        SortedMap<String, List<Long>> expected = new TreeMap<>();
        images.forEach(image -> expected.putAll(counts(image)));
        ByteBuffer file = TestFiles.bytes(TestFiles.sequence(images, number));

        assertEquals(204, expected.size());
        assertEquals(expected, Llvm.counts(llvm.show(file)));
        assertEquals(expected, Llvm.counts(llvm.showMerged(file)));
    }

    @ParameterizedTest
    @CsvSource({"7, 13", "8, 14", "10, 19"})
    void shouldAddTheCountsOfOneImageTwice(int number, int version) {
        Llvm llvm = new Llvm(version, directory);
        TestImage image = image("twice", number, 20);
        ByteBuffer file = TestFiles.bytes(TestFiles.sequence(List.of(image, image), number));

        assertEquals(times(2, counts(image)), Llvm.counts(llvm.showMerged(file)));
    }

    @Test
    void shouldShowAnOlderImageInANewerVersion() {
        TestImage image = image("old", 8, 50);

        assertEquals(counts(image), Llvm.counts(new Llvm(14, directory).show(TestFiles.bytes(image, 8))));
        assertEquals(counts(image), Llvm.counts(new Llvm(19, directory).show(TestFiles.bytes(image, 10))));
    }

    @ParameterizedTest
    @CsvSource({"8, 14", "10, 19"})
    void shouldAlignProfilesOfOddSize(int number, int version) throws IOException {
        Llvm llvm = new Llvm(version, directory);
        ByteBuffer stock = llvm.stockProfile(
                "clang",
                TestSources.write(directory, "golden.c"),
                List.of("-fprofile-generate", "-mllvm", "-pgo-function-entry-coverage", "-Wl,--build-id=none"));
        ParsedProfile golden = TestFiles.parse(stock);
        TestImage image = TestImage.of(golden);
        ByteBuffer file = TestFiles.bytes(TestFiles.sequence(List.of(image, image, image), number));

        assertEquals(number == 8, golden.size() % 8 != 0);
        assertEquals(3, RawProfileReader.readAll(file).size());
        // It adds single bytes, too: 3 means covered in three runs.
        assertEquals(times(3, Llvm.counts(llvm.showMerged(stock))), Llvm.counts(llvm.showMerged(file)));
    }

    @ParameterizedTest
    @CsvSource({
        "7, 13, functions.txt",
        "8, 14, functions.txt",
        "8, 16, functions.txt",
        "10, 19, functions-vtables.txt",
        "10, 22, functions-vtables.txt",
    })
    void shouldShowTheGoldenFile(int number, int version, String functions) throws IOException {
        String shown = new Llvm(version, directory).show(TestSources.golden("v" + number + ".profraw"));

        String expected = String.join("\n", TestSources.goldenLines(functions));
        assertEquals(expected, shown.substring(0, shown.indexOf("\nInstrumentation level")));
    }

    /** Any count may come from a damaged segment; that of a value must not cost the profile. */
    @ParameterizedTest
    @CsvSource({"7, 13", "8, 14", "8, 16", "10, 19", "10, 22"})
    void shouldMergeTheLargestCountOfAValue(int number, int version) {
        TestImage.Builder builder = TestImage.of("values", number | Variant.IR);
        TestImage image = builder.value(builder.firstSite(), 0, Long.MAX_VALUE)
                .function("one", 1, List.of(1, 0, 0), new byte[0], 5)
                .build();
        String merged = new Llvm(version, directory)
                .showMerged(TestFiles.bytes(TestFiles.sequence(List.of(image, image), number)));

        assertEquals(new TreeMap<>(Map.of("one 1", List.of(10L))), Llvm.counts(merged));
        assertTrue(merged.contains(" -2 ] (100.00%)"), merged); // 2^64 - 2, shown as signed
    }

    /** A size that was told can be kept to the byte. */
    @ParameterizedTest
    @CsvSource({"7, 13", "8, 14", "8, 16", "10, 19", "10, 22"})
    void shouldPassOverZerosBehindAProfile(int number, int version) {
        Llvm llvm = new Llvm(version, directory);
        List<TestImage> images = List.of(withValues("a", number), withValues("b", number));
        RawProfileSequence sequence = TestFiles.profiles(images, number);
        List<Snapshot> snapshots = images.stream().map(TestImage::snapshot).toList();
        ByteBuffer exact = TestFiles.bytes(sequence.with(snapshots));
        for (int zeros : List.of(8, 24, 4096)) {
            ByteBuffer padded = TestFiles.bytes(sequence.with(snapshots, exact.limit() + zeros));
            ByteBuffer between = ByteBuffer.allocate(2 * padded.limit());
            between.put(padded.duplicate()).put(padded.duplicate()).flip();
            ByteBuffer twice = ByteBuffer.allocate(2 * exact.limit());
            twice.put(exact.duplicate()).put(exact.duplicate()).flip();

            assertEquals(exact.limit() + zeros, padded.limit());
            assertEquals(llvm.show(exact), llvm.show(padded), zeros + " zeros at the end");
            assertEquals(llvm.showMerged(exact), llvm.showMerged(padded), zeros + " zeros at the end");
            assertEquals(llvm.showMerged(twice), llvm.showMerged(between), zeros + " zeros between");
        }
    }

    private static TestImage withValues(String name, int number) {
        TestImage.Builder builder = TestImage.of(name, number | Variant.IR);
        return builder.value(builder.firstSite(), 64, 7)
                .function(name + 0, 1, List.of(0, 1, 0), new byte[0], 9)
                .build();
    }

    private static SortedMap<String, List<Long>> times(int factor, SortedMap<String, List<Long>> all) {
        all.replaceAll(
                (name, counts) -> counts.stream().map(count -> factor * count).toList());
        return all;
    }

    /** Functions with 1 to 4 counters; two of three have value sites, of all kinds that the version has. */
    private static TestImage image(String prefix, int number, int functions) {
        Random random = new Random(functions);
        TestImage.Builder builder = TestImage.of(prefix, number | Variant.IR);
        for (int i = 0; i < functions; i++) {
            long[] counts = random.longs(1 + i % 4, 1, 1L << 40).toArray();
            List<Integer> sites = List.of(i % 3, 11 * (i % 3), number == 8 ? 0 : i % 3);
            builder.function(prefix + i, random.nextLong() >>> 4, sites, new byte[0], counts);
        }
        return builder.build();
    }

    private static SortedMap<String, List<Long>> counts(TestImage image) {
        SortedMap<String, List<Long>> counts = new TreeMap<>();
        ByteBuffer counters = image.snapshot().counters();
        for (int i = 0; i < image.functions(); i++) {
            List<Long> values = new ArrayList<>();
            for (int counter = 0; counter < image.counters(i); counter++) {
                values.add(counters.getLong(image.countersOffset(i) + counter * Long.BYTES));
            }
            counts.put(image.name() + i + " " + image.funcHash(i), values);
        }
        return counts;
    }
}
