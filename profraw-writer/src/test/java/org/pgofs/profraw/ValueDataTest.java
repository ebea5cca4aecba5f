package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.Variant;

class ValueDataTest {
    @Test
    void shouldPlaceValues() throws MalformedProfileException {
        TestImage.Builder builder = TestImage.of("values", 8 | Variant.IR);
        int site = builder.firstSite();
        ByteBuffer file = TestFiles.bytes(
                builder.value(site + 1, 0x2000, 5)
                        .value(site + 1, 0x1000, 1L << 40)
                        .value(site + 2, 64, 7)
                        .function("one", 1, List.of(2, 1, 0), new byte[0], 9)
                        .build(),
                8);
        int begin = TestFiles.parse(file).valuesBegin();

        assertEquals(8 + 16 + 32 + 16 + 16, file.getInt(begin)); // size
        assertEquals(2, file.getInt(begin + 4)); // kinds
        assertEquals(0, file.getInt(begin + 8)); // kind
        assertEquals(2, file.getInt(begin + 12)); // sites
        assertEquals(0x200, file.getLong(begin + 16)); // values of each site
        assertEquals(0x2000, file.getLong(begin + 24)); // the first that was seen
        assertEquals(5, file.getLong(begin + 32));
        assertEquals(0x1000, file.getLong(begin + 40));
        assertEquals(1L << 40, file.getLong(begin + 48));
        assertEquals(1, file.getInt(begin + 56)); // kind
        assertEquals(1, file.getInt(begin + 60)); // sites
        assertEquals(1, file.getLong(begin + 64)); // values
        assertEquals(64, file.getLong(begin + 72));
        assertEquals(7, file.getLong(begin + 80));
        assertEquals(begin + 88, file.limit());
    }

    @Test
    void shouldKeepTheMostFrequentOfTooManyValues() throws MalformedProfileException {
        TestImage.Builder builder = TestImage.of("values", 10 | Variant.IR);
        int site = builder.firstSite();
        // 300 values, every third of them seen twice: those and the first of the others are kept, in their order.
        LongStream.range(0, 300).forEach(i -> builder.value(site, scattered(i), i % 3 == 0 ? 2 : 1));
        builder.value(site + 1, 1, 1);
        ParsedProfile parsed = TestFiles.parse(TestFiles.bytes(
                builder.function("one", 1, List.of(2, 0, 0), new byte[0], 9).build(), 10));

        Map<Long, Long> kept = parsed.values().at(0);
        assertEquals(255, kept.size());
        assertEquals(
                LongStream.range(0, 300)
                        .filter(i -> i % 3 == 0 || i <= 232)
                        .map(ValueDataTest::scattered)
                        .boxed()
                        .toList(),
                List.copyOf(kept.keySet()));
        assertEquals(
                100 * 2 + 155, kept.values().stream().mapToLong(Long::longValue).sum());
        assertEquals(Map.of(1L, 1L), parsed.values().at(1));
    }

    /** Different for different numbers, in an order of its own. */
    private static long scattered(long number) {
        return number * 0x9e3779b97f4a7c15L;
    }

    @Test
    void shouldFindTheSitesOfAFunctionWhereTheImageHasThem() throws MalformedProfileException {
        ValueCounts values = new ValueCounts();
        values.add(50, 3, 30);
        values.add(20, 4, 40);
        TestImage inOrder = TestImage.of("values", 8 | Variant.IR)
                .function("one", 1, List.of(0, 1, 0), new byte[0], 9)
                .function("two", 2, List.of(0, 1, 0), new byte[0], 9)
                .build()
                .with(values);
        TestImage image = inOrder.with(List.of(
                inOrder.all().get(0).withValueSite(50), inOrder.all().get(1).withValueSite(20)));

        ParsedProfile parsed = TestFiles.parse(TestFiles.bytes(image, 8));

        assertEquals(Map.of(3L, 30L), parsed.values().at(0));
        assertEquals(Map.of(4L, 40L), parsed.values().at(1));
    }
}
