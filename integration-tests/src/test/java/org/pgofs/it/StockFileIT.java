package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is served, against the files that the compiler's own runtime writes. */
final class StockFileIT {
    private static final int PROCESSES = 20;
    private static final Pattern VALUES = Pattern.compile("(?m)(^\t\\[.*\n)+");

    @TempDir
    Path directory;

    /**
     * Where a raw profile has what depends on where the program lies, or its sections. All else must be the same.
     *
     * @param header bytes of the header
     * @param inHeader offsets in it
     * @param record bytes of a record
     * @param inRecord offsets in it
     */
    private record Addresses(int header, List<Integer> inHeader, int record, List<Integer> inRecord) {
        static Addresses of(int rawVersion) {
            return rawVersion == 8
                    ? new Addresses(
                            88,
                            List.of(64 /* CountersDelta */, 72 /* NamesDelta */),
                            48,
                            List.of(16 /* CounterPtr */, 24 /* FunctionPointer */, 32 /* Values */))
                    : new Addresses(
                            128,
                            List.of(80 /* CountersDelta */, 88 /* BitmapDelta */, 96 /* NamesDelta */),
                            64,
                            List.of(
                                    16 /* CounterPtr */,
                                    24 /* BitmapPtr */,
                                    32 /* FunctionPointer */,
                                    40 /* Values */));
        }
    }

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldHaveTheSameBytes(Toolchain toolchain) throws Exception {
        Object[] program = program("-mllvm", "-disable-vp=true", "-Wl,--build-id=0x0123456789abcdef");
        Path expected = directory.resolve("stock.profraw");
        Shell.in(directory)
                .with("LLVM_PROFILE_FILE", expected.toString())
                .run(toolchain.stock(directory.resolve("stock"), program).toString())
                .ok();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Path ours = toolchain.instrumented(directory.resolve("ours"), program);
            mount.shell().run(ours.toString()).ok();
            byte[] wanted = withoutAddresses(expected);
            assertTrue(wanted.length > 10_000, "a profile");
            assertEquals(ByteBuffer.wrap(wanted), ByteBuffer.wrap(withoutAddresses(mount.copy())));
        }
    }

    /** Address space randomisation moves the targets of calls in each. */
    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldCountManyProcessesAsTheirMergedFiles(Toolchain toolchain) throws Exception {
        Object[] program = program(StockComparison.arguments("-fPIE", "-pie"));
        Path stock = toolchain.stock(directory.resolve("stock"), program);
        String run = "for i in {1..%d}; do \"$1\" & done; wait".formatted(PROCESSES);
        Shell.in(directory)
                .with("LLVM_PROFILE_FILE", directory.resolve("stock-%p.profraw").toString())
                .bash(run, stock)
                .ok();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Path ours = toolchain.instrumented(directory.resolve("ours"), program);
            mount.shell().bash(run, ours).ok();
            Path copy = mount.copy();
            String merge =
                    "test \"$(ls stock-*.profraw | wc -l)\" = %d; \"$1\" merge -o stock.profdata stock-*.profraw;"
                            + " \"$1\" merge -o ours.profdata \"$2\"";
            Shell.in(directory)
                    .bash(merge.formatted(PROCESSES), toolchain.profdata(), copy)
                    .ok();
            StockComparison comparison = new StockComparison(toolchain, directory);
            String expected = sorted(comparison.show(directory.resolve("stock.profdata")));
            assertTrue(expected.contains("\t[ "), "values");
            comparison.assertSameText(expected, sorted(comparison.show(directory.resolve("ours.profdata"))));
        }
    }

    /** Values of equal counts of a site are in the order of addresses, which are of no program after a merge. */
    private static String sorted(String show) {
        return VALUES.matcher(show)
                .replaceAll(values -> Matcher.quoteReplacement(
                        values.group().lines().sorted().collect(Collectors.joining("\n", "", "\n"))));
    }

    private static Object[] program(Object... flags) {
        Path sources = Checkout.SOURCES.resolve("resources/linkmatrix");
        Object[] all = new Object[flags.length + 3];
        System.arraycopy(flags, 0, all, 0, flags.length);
        all[flags.length] = sources.resolve("main.c");
        all[flags.length + 1] = sources.resolve("first.c");
        all[flags.length + 2] = sources.resolve("second.c");
        return all;
    }

    private static byte[] withoutAddresses(Path profile) throws IOException {
        byte[] bytes = Files.readAllBytes(profile);
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        Addresses addresses = Addresses.of(file.getInt(8));
        addresses.inHeader().forEach(at -> file.putLong(at, 0));
        long binaryIds = file.getLong(16);
        long records = file.getLong(24);
        assertTrue(binaryIds > 0 && records > 100, "binary id and records");
        for (int i = 0; i < records; i++) {
            int record = addresses.header() + (int) binaryIds + i * addresses.record();
            addresses.inRecord().forEach(at -> file.putLong(record + at, 0));
        }
        return bytes;
    }
}
