package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.pgofs.counters.Variant;
import org.pgofs.profraw.RawProfileReader.ParsedFunction;
import org.pgofs.profraw.RawProfileReader.ParsedProfile;

class RawProfilePropertyTest {
    private static final byte UNTOUCHED = 0x55;

    @Property
    void shouldReadAnyRangeAsTheWholeHasIt(
            @ForAll @Size(min = 1, max = 3) List<@From("images") TestImage> images,
            @ForAll("numbers") int number,
            @ForAll boolean direct,
            @ForAll @IntRange(max = 3000) int offset,
            @ForAll @IntRange(max = 3000) int length) {
        RawBytes bytes = TestFiles.sequence(images, number);
        byte[] whole = TestFiles.bytes(bytes).array();
        int begin = Math.min(offset, whole.length + 1);
        int count = Math.max(0, Math.min(length, whole.length - begin));

        ByteBuffer target = direct ? ByteBuffer.allocateDirect(length + 16) : ByteBuffer.allocate(length + 16);
        while (target.hasRemaining()) {
            target.put(UNTOUCHED);
        }
        target.position(8).limit(8 + length);
        bytes.read(begin, target);

        assertEquals(8 + count, target.position());
        byte[] expected = new byte[length + 16];
        Arrays.fill(expected, UNTOUCHED);
        System.arraycopy(whole, Math.min(begin, whole.length), expected, 8, count);
        byte[] actual = new byte[length + 16];
        target.clear().get(actual);
        assertArrayEquals(expected, actual);
    }

    @Property
    void shouldReadBackWhatWasWritten(
            @ForAll @Size(min = 1, max = 3) List<@From("images") TestImage> images, @ForAll("numbers") int number) {
        List<ParsedProfile> parsed = RawProfileReader.readAll(TestFiles.bytes(TestFiles.sequence(images, number)));

        assertEquals(images.size(), parsed.size());
        for (int i = 0; i < images.size(); i++) {
            assertSame(images.get(i), parsed.get(i), number);
        }
    }

    private static void assertSame(TestImage image, ParsedProfile parsed, int number) {
        boolean isNew = number == 10;
        ByteBuffer none = ByteBuffer.allocate(0);
        assertEquals(number | Variant.IR, parsed.version());
        assertEquals(image.binaryIdBytes(), parsed.binaryIds());
        assertEquals(image.counterBytes(), parsed.counters());
        assertEquals(image.nameBytes(), parsed.names());
        assertEquals(isNew ? image.bitmapBytes() : none, parsed.bitmaps());
        assertEquals(isNew ? image.vtableBytes() : none, parsed.vtables());
        assertEquals(isNew ? image.vtableNameBytes() : none, parsed.vtableNames());
        List<ParsedFunction> expected = image.all().stream()
                .map(f -> new ParsedFunction(
                        f.nameRef(),
                        f.funcHash(),
                        f.countersOffset(),
                        f.counters(),
                        isNew && f.bitmapSize() > 0 ? f.bitmapOffset() : 0,
                        isNew ? f.bitmapSize() : 0,
                        f.address(),
                        isNew ? f.sites() : List.of(f.sites().get(0), f.sites().get(1), 0)))
                .toList();
        assertEquals(expected, parsed.functions());
    }

    @Provide
    Arbitrary<Integer> numbers() {
        return Arbitraries.of(RawLayouts.supported());
    }

    /** Images of one variant, as one file must have. */
    @Provide
    Arbitrary<TestImage> images() {
        Arbitrary<long[]> counts =
                Arbitraries.longs().array(long[].class).ofMinSize(1).ofMaxSize(5);
        Arbitrary<List<Integer>> sites = Arbitraries.frequencyOf(
                        Tuple.of(2, Arbitraries.just(0)),
                        Tuple.of(1, Arbitraries.integers().between(1, 20)))
                .list()
                .ofSize(3);
        Arbitrary<Consumer<TestImage.Builder>> functions = Combinators.combine(
                        Arbitraries.longs(), sites, bytes(9), counts)
                .as((hash, siteNumbers, bitmap, values) ->
                        builder -> builder.function("f" + hash, hash, siteNumbers, bitmap, values));
        return Combinators.combine(
                        functions.list().ofMinSize(1).ofMaxSize(8),
                        Arbitraries.integers().between(8, 10),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 3),
                        bytes(20))
                .as((list, number, binaryIds, vtables, vtableNames) -> {
                    TestImage.Builder builder = TestImage.of("generated", number | Variant.IR);
                    list.forEach(function -> function.accept(builder));
                    return builder.build(filled(8 * binaryIds), filled(24 * vtables), vtableNames);
                });
    }

    private static Arbitrary<byte[]> bytes(int maximum) {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(maximum);
    }

    private static byte[] filled(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i + 1);
        }
        return bytes;
    }
}
