package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.image.CanonicalValues;

/** What value sites observe: merged, reset, taken. */
class ValueMergingTest extends StoreFixture {
    private Map<Long, Long> values(int site) throws IOException {
        return store.freeze(images -> images).get(0).values().at(site);
    }

    @Test
    void shouldMakeValuesCanonicalAndMergeThem() throws IOException {
        try (TestTarget one = TestTarget.start(path, 1);
                TestTarget two = TestTarget.start(path, 1)) {
            long bias = TestTarget.LOAD_BIAS;
            one.observe(0, bias + TestTarget.SECOND, 3, 0x7f00_1234_5678L, 2, bias + TestTarget.SECOND + 1, 5);
            two.observe(0, bias + TestTarget.SECOND, 10, bias + TestTarget.FIRST, 1);
            two.observe(1, 5, 1, 9, 2, 12, 3, 512, 4, 513, 5, -1, 6);
            long external = CanonicalValues.EXTERNAL;
            assertEquals(
                    Map.of(TestTarget.SECOND, 13L, external | 0x678, 2L, external | 1, 5L, TestTarget.FIRST, 1L),
                    values(0));
            assertEquals(Map.of(5L, 1L, 9L, 5L, 512L, 4L, 513L, 11L), values(1));
        }
    }

    @Test
    void shouldResetValuesOfTheLivingAndTheDead() throws IOException {
        try (TestTarget running = TestTarget.start(path, 1)) {
            TestTarget ended = TestTarget.start(path, 1);
            ended.observe(1, 1, 100);
            ended.close();
            await(() -> ended() == 1);
            running.observe(1, 1, 5);
            assertEquals(Map.of(1L, 105L), values(1));
            store.reset(images -> images);
            assertEquals(Map.of(), values(1));
            running.observe(1, 2, 7);
            assertEquals(Map.of(2L, 7L), values(1));
        }
        await(() -> ended() == 1);
        assertEquals(Map.of(2L, 7L), values(1));
    }

    @Test
    void shouldKnowAfterARestartWhichValuesWereReset() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.observe(0, TestTarget.LOAD_BIAS + TestTarget.FIRST, 1);
            target.observe(1, 1, 100);
            store.reset(images -> images);
            target.observe(1, 2, 7);
            closeStore();
            reopen();
            assertEquals(Map.of(), values(0));
            assertEquals(Map.of(2L, 7L), values(1));
            target.observe(0, TestTarget.LOAD_BIAS + TestTarget.FIRST, 3);
            assertEquals(Map.of(TestTarget.FIRST, 3L), values(0));
        }
        await(() -> ended() == 1);
        assertEquals(Map.of(2L, 7L), values(1));
        closeStore();
        reopen();
        assertEquals(Map.of(2L, 7L), values(1));
    }

    @Test
    void shouldTakeValuesAndKeepThoseThatComeMeanwhile() throws IOException {
        try (TestTarget target = TestTarget.start(path, 1)) {
            target.observe(1, 1, 100, 2, 1);
            try (Take take = take()) {
                assertEquals(
                        Map.of(1L, 100L, 2L, 1L),
                        take.snapshots().get(0).values().at(1));
                assertEquals(Map.of(1L, 100L, 2L, 1L), values(1));
                target.observe(1, 1, 3);
                assertEquals(Map.of(1L, 103L, 2L, 1L), values(1));
                take.commit();
            }
            assertEquals(Map.of(1L, 3L), values(1));
            assertEquals(
                    Map.of(1L, 100L, 2L, 1L),
                    store.lastTake("all").get(0).values().at(1));
            take().close();
            target.observe(1, 1, 4);
            assertEquals(Map.of(1L, 7L), values(1));
        }
    }
}
