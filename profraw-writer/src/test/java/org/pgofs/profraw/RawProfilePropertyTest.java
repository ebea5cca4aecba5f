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
import org.pgofs.counters.format.Variant;

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
            @ForAll @Size(min = 1, max = 3) List<@From("images") TestImage> images, @ForAll("numbers") int number)
            throws MalformedProfileException {
        List<ParsedProfile> parsed = RawProfileReader.readAll(TestFiles.bytes(TestFiles.sequence(images, number)));

        assertEquals(images.size(), parsed.size());
        for (int i = 0; i < images.size(); i++) {
            assertSame(images.get(i), parsed.get(i), number);
        }
    }

    private static void assertSame(TestImage image, ParsedProfile parsed, int number) {
        boolean hasBitmaps = number >= 9;
        int kinds = number >= 10 ? 3 : 2;
        ByteBuffer none = ByteBuffer.allocate(0);
        assertEquals(number | Variant.IR, parsed.rawVersion());
        assertEquals(number == 5 ? none : image.binaryIdBytes(), parsed.binaryIds());
        assertEquals(image.counterBytes(), parsed.counters());
        assertEquals(image.nameBytes(), parsed.names());
        assertEquals(hasBitmaps ? image.bitmapBytes() : none, parsed.bitmaps());
        assertEquals(kinds == 3 ? image.vtableBytes() : none, parsed.vtables());
        assertEquals(kinds == 3 ? image.vtableNameBytes() : none, parsed.vtableNames());
        TestImage again = TestImage.of(parsed);
        assertEquals(
                image.all().stream()
                        .map(f -> new TestImage.Function(
                                f.nameRef(),
                                f.funcHash(),
                                f.countersOffset(),
                                f.counters(),
                                hasBitmaps && f.bitmapSize() > 0 ? f.bitmapOffset() : 0,
                                hasBitmaps ? f.bitmapSize() : 0,
                                f.address(),
                                0,
                                kinds == 3
                                        ? f.sites()
                                        : List.of(f.sites().get(0), f.sites().get(1), 0)))
                        .toList(),
                again.all().stream().map(f -> f.withValueSite(0)).toList());
        assertEquals(TestFiles.values(image, kinds), TestFiles.values(again, 3));
    }

    @Provide
    Arbitrary<Integer> numbers() {
        return Arbitraries.of(RawLayouts.supported());
    }

    /** Images of one variant, as one file must have. */
    @Provide
    Arbitrary<TestImage> images() {
        return Combinators.combine(
                        functions().list().ofMinSize(1).ofMaxSize(8),
                        Arbitraries.integers().between(5, 11),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 3),
                        bytes(20))
                .as((list, number, binaryIds, vtables, vtableNames) -> {
                    TestImage.Builder builder = TestImage.of("generated", number | Variant.IR);
                    list.forEach(function -> function.accept(builder));
                    return builder.build(binaryId(8 * binaryIds), filled(24 * vtables), vtableNames);
                });
    }

    private static Arbitrary<Consumer<TestImage.Builder>> functions() {
        Arbitrary<long[]> counts =
                Arbitraries.longs().array(long[].class).ofMinSize(1).ofMaxSize(5);
        Arbitrary<List<Integer>> sites = Arbitraries.frequencyOf(
                        Tuple.of(2, Arbitraries.just(0)),
                        Tuple.of(1, Arbitraries.integers().between(1, 20)))
                .list()
                .ofSize(3);
        Arbitrary<List<Observation>> observations = Combinators.combine(
                        Arbitraries.integers().between(0, 59),
                        Arbitraries.longs(),
                        Arbitraries.longs().between(1, Long.MAX_VALUE))
                .as(Observation::new)
                .list()
                .ofMaxSize(10);
        return Combinators.combine(Arbitraries.longs(), sites, bytes(9), counts, observations)
                .as((hash, siteNumbers, bitmap, values, all) -> builder -> {
                    int numberOfSites =
                            siteNumbers.stream().mapToInt(Integer::intValue).sum();
                    for (Observation observed : all) {
                        if (observed.site() < numberOfSites) {
                            builder.value(builder.firstSite() + observed.site(), observed.value(), observed.count());
                        }
                    }
                    builder.function("f" + hash, hash, siteNumbers, bitmap, values);
                });
    }

    /** What one of a function's sites saw. */
    private record Observation(int site, long value, long count) {}

    private static Arbitrary<byte[]> bytes(int maximum) {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(maximum);
    }

    /** A binary id that takes so many bytes with its size, a multiple of 8. */
    private static byte[] binaryId(int size) {
        byte[] bytes = filled(size);
        if (size > 0) {
            Arrays.fill(bytes, 0, Long.BYTES, (byte) 0);
            bytes[0] = (byte) (size - Long.BYTES);
        }
        return bytes;
    }

    private static byte[] filled(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i + 1);
        }
        return bytes;
    }
}
