package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;

/**
 * Profiles that the compilers' own runtimes wrote are read, taken apart and written again: the same bytes must come out
 * but for run-time addresses.
 */
class GoldenIT {
    @TempDir
    private Path directory;

    @ParameterizedTest(name = "clang-{0} {1} {2}")
    @CsvSource({
        "14, golden.c, -fprofile-generate",
        "14, values.c, -fprofile-generate",
        "14, golden.c, -fprofile-generate -mllvm -disable-vp=true",
        "14, golden.c, -fprofile-generate -Wl;--build-id=none",
        "14, golden.c, -fprofile-generate -Wl;--build-id=0x0102030405",
        "14, golden.c, -fprofile-instr-generate -fcoverage-mapping",
        "14, golden.c, -fprofile-generate -mllvm -pgo-function-entry-coverage",
        "16, golden.c, -fprofile-generate",
        "16, values.c, -fprofile-generate",
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
        "19, golden.cc, -fprofile-generate -mllvm -enable-vtable-value-profiling",
        "22, golden.cc, -fprofile-generate -mllvm -enable-vtable-value-profiling",
    })
    void shouldHaveTheSameBytes(int version, String source, String flags) throws IOException {
        Llvm llvm = new Llvm(version, directory);
        ByteBuffer stock = llvm.stockProfile(
                source.endsWith("cc") ? "clang++" : "clang",
                TestSources.write(directory, source),
                List.of(flags.replace(';', ',').split(" ")));
        ParsedProfile golden = TestFiles.parse(stock);
        TestImage image = TestImage.of(golden);
        int number = Variant.version(golden.rawVersion());

        ByteBuffer ours = TestFiles.bytes(image, number);

        ParsedProfile again = TestFiles.parse(ours);
        assertEquals(withoutValueAddresses(golden), withoutValueAddresses(again));
        assertEquals(golden.valuesBegin(), again.valuesBegin());
        assertEquals(TestFiles.withoutAddresses(stock, golden), TestFiles.withoutAddresses(ours, again));
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
        ByteBuffer canonical = TestFiles.bytes(canonical(image), number);
        assertEquals(source.equals("values.c"), !canonical.equals(ours));
        assertEquals(llvm.show(stock), llvm.show(canonical));
        assertEquals(llvm.showMerged(stock), llvm.showMerged(canonical));
    }

    /** The records, without where the program that wrote the profile had its values. */
    private static List<ParsedFunction> withoutValueAddresses(ParsedProfile profile) {
        return profile.functions().stream()
                .map(f -> new ParsedFunction(
                        f.nameRef(),
                        f.funcHash(),
                        f.countersOffset(),
                        f.counters(),
                        f.bitmapOffset(),
                        f.bitmapSize(),
                        f.address(),
                        0,
                        f.valueSite(),
                        f.sites()))
                .toList();
    }

    /** The image with 0 for every call target that is none of its functions, as the store gives values. */
    private static TestImage canonical(TestImage image) {
        Set<Long> known = image.all().stream().map(TestImage.Function::address).collect(Collectors.toSet());
        ValueCounts values = new ValueCounts();
        for (TestImage.Function function : image.all()) {
            int calls = function.sites().get(ValueKind.INDIRECT_CALL_TARGET.number());
            int sites = function.sites().stream().mapToInt(Integer::intValue).sum();
            for (int i = 0; i < sites; i++) {
                int site = function.valueSite() + i;
                boolean isCall = i < calls;
                image.values()
                        .at(site)
                        .forEach((value, count) ->
                                values.add(site, isCall && !known.contains(value) ? 0 : value, count));
            }
        }
        return image.with(values);
    }
}
