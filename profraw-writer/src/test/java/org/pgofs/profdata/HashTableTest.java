package org.pgofs.profdata;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a profile is made of, for more names and counts than a compiler makes in a moment. */
class HashTableTest {
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "2, 1", "3, 8", "5, 8", "6, 16", "11, 16", "12, 32", "1000, 2048"})
    void shouldHaveAsManyBucketsAsLlvmProfdata(int names, int expected) throws IOException {
        Buckets buckets = new Buckets(LongStream.range(0, names).toArray());

        assertEquals(expected, buckets.size());
        assertEquals(
                names,
                IntStream.range(0, buckets.size())
                        .flatMap(bucket ->
                                IntStream.iterate(buckets.first(bucket), name -> name != Buckets.END, buckets::next))
                        .distinct()
                        .count());
    }

    @Test
    void shouldRefuseMoreNamesThanAChainCanHave() {
        long[] same = new long[0x10000];
        IOException refused = assertThrows(IOException.class, () -> new Buckets(same));
        assertTrue(refused.getMessage().contains("too much alike"), refused.getMessage());
    }

    /** Programs choose the hashes. Without a bound, each of these takes as many steps as there are before it. */
    @Test
    void shouldLeaveHashesAsTheyAreThatFallIntoOnePlace() {
        int count = 1 << 15;
        LongIds hashes = new LongIds(count);
        for (long i = 0; i < count; i++) {
            hashes.add((i << 47) * inverse(0xbf58_476d_1ce4_e5b9L));
        }
        assertArrayEquals(IntStream.range(0, count).toArray(), HashOrder.of(hashes));
    }

    private static long inverse(long odd) {
        long inverse = odd;
        for (int bits = 3; bits < Long.SIZE; bits *= 2) {
            inverse *= 2 - odd * inverse;
        }
        return inverse;
    }
}
