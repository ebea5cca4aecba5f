package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.format.Variant;

/** The files in {@code golden}, whose README says how they were made and checked. */
class GoldenFilesTest {
    /** What is written is left here, to be looked at and to make new golden files. */
    private static final Path WRITTEN = Path.of("target", "golden");

    private static Iterable<Integer> numbers() {
        return RawLayouts.supported();
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void shouldWriteTheGoldenFile(int number) throws IOException {
        ByteBuffer ours = TestFiles.bytes(image(), number);
        Files.createDirectories(WRITTEN);
        TestFiles.write(WRITTEN.resolve("v" + number + ".profraw"), ours);

        assertEquals(TestSources.golden("v" + number + ".profraw"), ours);
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void shouldReadTheGoldenFile(int number) throws IOException {
        ParsedProfile parsed = TestFiles.parse(TestSources.golden("v" + number + ".profraw"));

        assertEquals(number | Variant.IR, parsed.rawVersion());
        assertEquals(image().counterBytes(), parsed.counters());
        assertEquals(image().nameBytes(), parsed.names());
        TestImage again = TestImage.of(parsed);
        for (int i = 0; i < again.functions(); i++) {
            assertEquals(image().nameRef(i), again.nameRef(i));
            assertEquals(image().funcHash(i), again.funcHash(i));
            assertEquals(image().address(i), again.address(i));
            assertEquals(image().countersOffset(i), again.countersOffset(i));
            assertEquals(image().counters(i), again.counters(i));
        }
        assertEquals(TestFiles.values(image(), number >= 10 ? 3 : 2), TestFiles.values(again, 3));
    }

    /** For the versions that no tool here reads: each field is where the lists that were made by hand have it. */
    @ParameterizedTest
    @ValueSource(ints = {9, 11})
    void shouldHaveTheFieldsOfTheList(int number) throws IOException {
        ByteBuffer file = TestSources.golden("v" + number + ".profraw").order(ByteOrder.LITTLE_ENDIAN);
        List<String> lines = TestSources.goldenLines("v" + number + ".txt");
        int end = 0;
        for (String line : lines) {
            if (!line.startsWith("#")) {
                String[] words = line.split(" +", 4);
                int at = Integer.parseInt(words[0]);
                int size = Integer.parseInt(words[1]);
                assertEquals(words[2], String.format("%#x", number(file, at, size)), line);
                end = at + size;
            }
        }
        assertEquals(end, file.limit());
    }

    private static long number(ByteBuffer file, int at, int size) {
        return switch (size) {
            case 8 -> file.getLong(at);
            case 4 -> Integer.toUnsignedLong(file.getInt(at));
            case 2 -> Short.toUnsignedLong(file.getShort(at));
            default -> Byte.toUnsignedLong(file.get(at));
        };
    }

    @Test
    void shouldWriteWhatTheRuntimeOfClang13Wrote() throws IOException {
        ByteBuffer stock = TestSources.golden("clang13.profraw");
        ParsedProfile parsed = TestFiles.parse(stock);
        ByteBuffer ours = TestFiles.bytes(TestImage.of(parsed), 7);

        assertEquals(7 | Variant.IR, parsed.rawVersion());
        assertEquals(18, parsed.values().at(0).size() + parsed.values().at(1).size());
        assertEquals(
                TestFiles.withoutAddresses(stock, parsed), TestFiles.withoutAddresses(ours, TestFiles.parse(ours)));
    }

    private static TestImage image() {
        byte[] binaryId = new byte[32];
        binaryId[0] = 20;
        for (int i = 1; i <= 20; i++) {
            binaryId[7 + i] = (byte) i;
        }
        ByteBuffer vtable = ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(TestImage.nameRef("_ZTV1A"))
                .putLong(0x5000)
                .putInt(32);
        TestImage.Builder builder = TestImage.of("golden", 10 | Variant.IR)
                .function("alpha", 0x1111, 101)
                .function("beta", 0x2222, List.of(2, 1, 1), new byte[] {1, 2, 3}, 102, 104)
                .function("gamma", 0x3333, List.of(0, 1, 0), new byte[0], 108);
        TestImage image = builder.build(binaryId, vtable.array(), TestImage.nameBlob(List.of("_ZTV1A")));
        int site = image.valueSite(1);
        builder.value(site, image.address(2), 10)
                .value(site, 0, 2)
                .value(site + 1, image.address(0), 7)
                .value(site + 2, 16, 5)
                .value(site + 3, 0x5010, 17);
        return image;
    }
}
