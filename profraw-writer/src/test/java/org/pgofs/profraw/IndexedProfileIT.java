package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.Variant;
import org.pgofs.profdata.IndexedFile;
import org.pgofs.profdata.IndexedProfile;
import org.pgofs.profdata.format.IndexedLayout;

/** What is made of the counts of a raw profile is what llvm-profdata makes of it. */
class IndexedProfileIT {
    @TempDir
    private Path directory;

    @ParameterizedTest(name = "clang-{0} {1} {2}")
    @CsvSource({
        "19, golden.c, -fprofile-generate",
        "19, values.c, -fprofile-generate",
        "22, golden.c, -fprofile-generate",
        "22, values.c, -fprofile-generate",
        "19, golden.c, -fprofile-generate -mllvm -disable-vp=true",
        "19, golden.c, -fprofile-generate -Wl;--build-id=none",
        "19, golden.c, -fprofile-generate -Wl;--build-id=0x0102030405",
        "19, golden.c, -fprofile-instr-generate -fcoverage-mapping",
        "19, golden.c, -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc",
        "22, golden.c, -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc",
        "22, golden.c, -fprofile-instr-generate -fcoverage-mapping -mllvm -enable-single-byte-coverage",
        "19, golden.c, -fprofile-generate -mllvm -pgo-function-entry-coverage",
        "19, golden.c, -fprofile-generate -mllvm -pgo-temporal-instrumentation -mllvm -pgo-block-coverage",
        "22, golden.c, -fprofile-generate -mllvm -pgo-instrument-loop-entries",
        "19, golden.c, -fprofile-generate -mllvm -pgo-temporal-instrumentation",
        "22, golden.c, -fprofile-generate -mllvm -pgo-temporal-instrumentation",
        "19, golden.cc, -fprofile-generate -mllvm -enable-vtable-value-profiling",
        "22, golden.cc, -fprofile-generate -mllvm -enable-vtable-value-profiling",
    })
    void shouldHaveTheBytesOfLlvmProfdata(int version, String source, String flags) throws IOException {
        Llvm llvm = new Llvm(version, directory);
        ByteBuffer stock = llvm.stockProfile(
                source.endsWith("cc") ? "clang++" : "clang",
                TestSources.write(directory, source),
                List.of(flags.replace(';', ',').split(" ")));
        List<TestImage> images =
                RawProfileReader.readAll(stock).stream().map(TestImage::of).toList();
        assertSameBytes(llvm, stock, images);
    }

    @ParameterizedTest(name = "llvm-profdata-{0}")
    @ValueSource(ints = {19, 22})
    void shouldMergeAsLlvmProfdataDoes(int version) throws IOException {
        for (int seed = 0; seed < 12; seed++) {
            List<TestImage> images = new RandomImages(seed).images();
            assertSameBytes(new Llvm(version, directory), TestFiles.bytes(TestFiles.sequence(images, 10)), images);
        }
    }

    private static TestImage image(String name, Consumer<TestImage.Builder> content) {
        TestImage.Builder builder = TestImage.of(name, 10 | Variant.IR);
        content.accept(builder);
        return builder.build();
    }

    /** With so many functions. */
    private static TestImage image(int functions) {
        return image("n" + functions, builder -> {
            for (int i = 0; i < functions; i++) {
                builder.function("f" + i, i + 1, i, 3L * i);
            }
        });
    }

    /** Names that begin with others, that differ late, and that end with zeros, which end no name. */
    private static void addNamesThatAreAlike(TestImage.Builder builder) {
        for (int i = 0; i < 40; i++) {
            String beginning = "_ZN4llvm".repeat(i % 5) + i;
            for (int zeros = 6; zeros >= 0; zeros--) {
                builder.function(beginning + "\0".repeat(zeros), zeros, 1 + i);
                builder.function(beginning + "\u00e9" + "\0".repeat(zeros) + "a", zeros, 1 + i);
            }
        }
    }

    /** Of functions without a name. */
    private static TestImage manyHashes(int count) {
        return image("hashes", builder -> {
                    for (int i = 0; i < count; i++) {
                        builder.function("f" + i, i * 0x9e37_79b9_7f4a_7c15L, i);
                    }
                })
                .withoutNames();
    }

    private static TestImage withValues(int count) {
        return image("values" + count, builder -> {
            int site = builder.firstSite();
            builder.function("f", 1, List.of(0, 2, 0), new byte[0], 5);
            for (int i = 0; i < count; i++) {
                builder.value(site + 1, i, 1 + i % 9);
            }
        });
    }

    static Stream<List<TestImage>> edges() {
        return Stream.of(
                List.of(image(1)),
                List.of(image(2)),
                List.of(image(3)),
                List.of(image(6)),
                List.of(
                        image("a", builder -> builder.function("f", 1, 4).function("g", 1, 4)),
                        image("b", builder -> builder.function("f", 2, 4, 5).function("g", 1, 7))),
                List.of(
                        image("a", builder -> builder.function("f", 1, 4, 5)),
                        image("b", builder -> builder.function("f", 1, 4))),
                List.of(image("zero", builder -> builder.function("f", 1, 0, 0))),
                List.of(image("greatest", builder -> builder.function("f", 1, 1L << 56, 1L << 56))),
                List.of(image(2).withoutNames(), image(3)),
                List.of(image("alike", IndexedProfileIT::addNamesThatAreAlike)),
                List.of(image("x", builder -> builder.function("f", 1, 4)).withoutNames(), manyHashes(300)),
                List.of(withValues(254)),
                List.of(withValues(255)));
    }

    /** Few names, one name with two hashes or two numbers of counters, functions without names, as many values as a site can have. */
    @ParameterizedTest(name = "llvm-profdata-{0}")
    @ValueSource(ints = {19, 22})
    void shouldHaveTheBytesOfLlvmProfdataAtTheEdges(int version) throws IOException {
        for (List<TestImage> images : edges().toList()) {
            assertSameBytes(new Llvm(version, directory), TestFiles.bytes(TestFiles.sequence(images, 10)), images);
        }
    }

    /** What no raw profile has: nothing at all, and counts as high as they become when profiles are merged. */
    @ParameterizedTest(name = "llvm-profdata-{0}")
    @CsvSource({"19, 12", "22, 13"})
    void shouldStayTheSameWhenLlvmProfdataReadsAndWritesIt(int version, int number) throws IOException {
        Llvm llvm = new Llvm(version, directory);
        Path ours = directory.resolve("ours.profdata");
        Path again = directory.resolve("again.profdata");
        for (TestImage image : List.of(
                image("saturated", builder -> builder.function("f", 1, -3, 5).function("g", 1, 6)),
                image("marked", builder -> builder.function("f", 1, -1, 5).function("g", 1, -2, 8)),
                withValues(255))) {
            byte[] expected = bytes(List.of(image), number);
            Files.write(ours, expected);
            llvm.profdata(List.of("merge", "-o", again.toString(), ours.toString()));
            byte[] actual = Files.readAllBytes(again);
            assertArrayEquals(Arrays.copyOf(expected, actual.length), actual, image.name());
        }
        Files.write(ours, bytes(List.of(image(0)), number));
        assertTrue(llvm.profdata(List.of("show", ours.toString())).contains("Total functions: 0"));
    }

    /** The order of names is another one before 17. */
    @ParameterizedTest(name = "clang-{0} {2} {3}")
    @CsvSource({
        "14, 7, golden.c, -fprofile-generate",
        "14, 7, values.c, -fprofile-generate",
        "14, 7, golden.c, -fprofile-instr-generate -fcoverage-mapping",
        "14, 7, golden.c, -fprofile-generate -mllvm -pgo-function-entry-coverage",
        "16, 9, values.c, -fprofile-generate",
        "16, 9, golden.c, -fprofile-instr-generate -fcoverage-mapping",
        "19, 7, values.c, -fprofile-generate",
        "22, 7, values.c, -fprofile-generate",
        "22, 5, values.c, -fprofile-generate",
    })
    void shouldSayTheSameInOlderVersions(int version, int number, String source, String flags) throws IOException {
        Llvm llvm = new Llvm(version, directory);
        ByteBuffer stock = llvm.stockProfile("clang", TestSources.write(directory, source), List.of(flags.split(" ")));
        List<TestImage> images =
                RawProfileReader.readAll(stock).stream().map(TestImage::of).toList();
        Path raw = directory.resolve("stock.profraw");
        Path ours = directory.resolve("ours.profdata");
        Files.write(ours, bytes(images, number));

        assertEquals(text(llvm, raw), text(llvm, ours));
    }

    private String text(Llvm llvm, Path profile) throws IOException {
        Path text = directory.resolve("text");
        llvm.profdata(List.of("merge", "--text", "-o", text.toString(), profile.toString()));
        return Files.readString(text);
    }

    @ParameterizedTest(name = "llvm-profdata-{0}")
    @CsvSource({"14, 7", "16, 9", "19, 12", "22, 13"})
    void shouldBeReadUpToTheReadersVersion(int version, int own) throws IOException {
        Llvm llvm = new Llvm(version, directory);
        List<TestImage> images = List.of(TestImage.of("a", 8 | Variant.IR)
                .function("f", 1, 4, 5)
                .function("g", 2, 6)
                .build());
        for (int number = IndexedLayout.FIRST; number <= IndexedLayout.LAST; number++) {
            Path file = directory.resolve("v" + number);
            Files.write(file, bytes(images, number));
            if (number <= own) {
                assertTrue(llvm.profdata(List.of("show", file.toString())).contains("Total functions: 2"), "" + number);
            } else {
                AssertionError refused = assertThrows(
                        AssertionError.class, () -> llvm.profdata(List.of("show", file.toString())), "" + number);
                assertTrue(refused.getMessage().contains("unsupported"), refused.getMessage());
            }
        }
    }

    /** But for zeros at the end, where there was room for what did not come. */
    private void assertSameBytes(Llvm llvm, ByteBuffer raw, List<TestImage> images) throws IOException {
        Path given = directory.resolve("given.profraw");
        Path merged = directory.resolve("merged.profdata");
        TestFiles.write(given, raw);
        llvm.profdata(List.of("merge", "-o", merged.toString(), given.toString()));
        byte[] expected = Files.readAllBytes(merged);

        byte[] actual = bytes(images, llvm.version() == 22 ? 13 : 12);

        int difference = Arrays.mismatch(expected, actual);
        assertTrue(
                difference == -1 || difference == expected.length,
                () -> "the first difference is at " + difference + " of " + expected.length);
        assertArrayEquals(
                new byte[actual.length - expected.length], Arrays.copyOfRange(actual, expected.length, actual.length));
    }

    private static byte[] bytes(List<TestImage> images, int version) throws IOException {
        List<Snapshot> snapshots = images.stream().map(TestImage::snapshot).toList();
        long values = snapshots.stream()
                .mapToLong(snapshot -> snapshot.values().size())
                .sum();
        IndexedProfile profile = new IndexedProfile(images, IndexedLayout.of(version));
        try (IndexedFile file = profile.with(snapshots, profile.sizeWith(values))) {
            return TestFiles.bytes(file).array();
        }
    }
}
