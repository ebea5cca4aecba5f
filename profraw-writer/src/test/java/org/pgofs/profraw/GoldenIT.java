package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgofs.profraw.RawProfileReader.ParsedProfile;

/**
 * Profiles that the compilers' own runtimes wrote are read, taken apart and written again: the same bytes must come out
 * but for run-time addresses and for the value data, which is empty here.
 */
class GoldenIT {
    @TempDir
    private Path directory;

    @ParameterizedTest(name = "clang-{0} {1} {2}")
    @CsvSource({
        "14, c, -fprofile-generate",
        "14, c, -fprofile-generate -mllvm -disable-vp=true",
        "14, c, -fprofile-generate -Wl;--build-id=none",
        "14, c, -fprofile-generate -Wl;--build-id=0x0102030405",
        "14, c, -fprofile-instr-generate -fcoverage-mapping",
        "14, c, -fprofile-generate -mllvm -pgo-function-entry-coverage",
        "16, c, -fprofile-generate",
        "19, c, -fprofile-generate",
        "19, c, -fprofile-generate -mllvm -disable-vp=true",
        "19, c, -fprofile-generate -Wl;--build-id=none",
        "19, c, -fprofile-generate -Wl;--build-id=0x0102030405",
        "19, c, -fprofile-instr-generate -fcoverage-mapping",
        "19, c, -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc",
        "19, c, -fprofile-generate -mllvm -pgo-function-entry-coverage",
        "19, c, -fprofile-generate -mllvm -pgo-temporal-instrumentation",
        "19, cc, -fprofile-generate -mllvm -enable-vtable-value-profiling",
        "22, cc, -fprofile-generate -mllvm -enable-vtable-value-profiling",
    })
    void shouldHaveTheSameBytes(int version, String language, String flags) throws IOException {
        Llvm llvm = new Llvm(version, directory);
        ByteBuffer stock = llvm.stockProfile(
                language.equals("c") ? "clang" : "clang++",
                TestSources.write(directory, "golden." + language),
                List.of(flags.replace(';', ',').split(" ")));
        ParsedProfile golden = RawProfileReader.readAll(stock).get(0);
        int number = version < 18 ? 8 : 10;

        ByteBuffer ours = TestFiles.bytes(golden.toImage(), number);

        ParsedProfile again = RawProfileReader.readAll(ours).get(0);
        assertEquals(golden.functions(), again.functions());
        assertEquals(golden.valuesBegin(), again.valuesBegin());
        assertEquals(withoutAddresses(stock, golden), withoutAddresses(ours, again));
        boolean hasSites =
                golden.functions().stream().anyMatch(f -> f.sites().stream().anyMatch(sites -> sites > 0));
        assertEquals(hasSites, golden.size() > golden.valuesBegin());
        assertEquals(hasSites, again.size() > again.valuesBegin());
        assertEquals(flags.contains("mcdc"), golden.bitmaps().hasRemaining());
        assertEquals(
                flags.contains("vtable"),
                golden.vtables().hasRemaining() && golden.vtableNames().hasRemaining());
        assertEquals(!flags.contains("none"), golden.binaryIds().hasRemaining());
        assertTrue(golden.functions().size() >= 3, "functions: " + golden.functions());
        assertEquals(llvm.show(stock), llvm.show(ours));
        assertEquals(llvm.showMerged(stock), llvm.showMerged(ours));
    }

    /** The bytes before the value data, with 0 where the program's addresses are. */
    private static ByteBuffer withoutAddresses(ByteBuffer file, ParsedProfile profile) {
        boolean isNew = (int) profile.version() == 10;
        ByteBuffer copy = ByteBuffer.allocate(profile.valuesBegin()).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(file.slice(profile.begin(), profile.valuesBegin())).flip();
        IntStream header = isNew
                ? IntStream.of(80, 88, 96) // counters delta, bitmaps delta, names delta
                : IntStream.of(64, 72); // counters delta, names delta
        header.forEach(at -> copy.putLong(at, 0));
        int[] record = isNew
                ? new int[] {16, 24, 40} // counter pointer, bitmap pointer, values
                : new int[] {16, 32}; // counter pointer, values
        int recordSize = isNew ? 64 : 48;
        for (int i = 0; i < profile.functions().size(); i++) {
            for (int at : record) {
                copy.putLong(profile.recordsBegin() + i * recordSize + at, 0);
            }
        }
        return copy;
    }
}
