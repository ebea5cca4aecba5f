package org.pgofs.counters.counts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.TestTarget;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.SegmentLayout;
import org.pgofs.counters.linux.OffHeap;
import org.pgofs.counters.linux.RealChanges;
import org.pgofs.counters.segment.SegmentFile;

/** Segments of many pages, most of which the program never touched. */
class MemberReaderTest {
    private static final int COUNTERS = 100_000;
    private static final int BEGIN = 4096 + 24;
    private static final long SECTION = BEGIN + COUNTERS * 8L + 40;

    @TempDir
    Path directory;

    private final Random random = new Random(1);

    private Path segment(int touched, long[] expected) throws IOException {
        Path path = directory.resolve("s-1");
        ByteBuffer header = new TestTarget(directory, 1).header();
        long size = TestTarget.COUNTERS_AT + (SECTION / 4096 + 1) * 4096L;
        header.putLong(SegmentLayout.FILE_SIZE, size)
                .putLong(SegmentLayout.COUNTERS + Long.BYTES, SECTION)
                .putLong(SegmentLayout.VALUE_SITES, 0)
                .putLong(SegmentLayout.VALUE_SITES + Long.BYTES, 0);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
            file.getChannel().write(header.rewind(), 0);
            for (int i = 0; i < touched; i++) {
                int counter = i == 0 ? COUNTERS - 1 : random.nextInt(COUNTERS);
                expected[counter] = 1L + random.nextInt(1000);
                ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                file.getChannel()
                        .write(
                                bytes.putLong(0, expected[counter]),
                                TestTarget.COUNTERS_AT + BEGIN + counter * (long) Long.BYTES);
            }
        }
        return path;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 10, 1000, 100_000})
    void shouldAddEveryCounterWhereverTheHolesAre(int touched) throws IOException, InvalidFileException {
        long[] expected = new long[COUNTERS];
        try (SegmentFile segment = SegmentFile.open(segment(touched, expected), RealChanges.INSTANCE)) {
            CounterSum sum = new CounterSum(COUNTERS);
            new MemberReader().addCounters(segment, BEGIN, sum);
            assertArrayEquals(expected, sum.values());
            assertFalse(segment.isTruncated());
        }
    }

    private static long[] served(List<Member> members, CounterSum carry, ByteBuffer section) throws IOException {
        new MemberReader().freeze(members, BEGIN, carry, section, () -> false);
        long[] counters = new long[COUNTERS];
        section.rewind().asLongBuffer().get(counters);
        return counters;
    }

    private static long[] served(List<Member> members, CounterSum carry) throws IOException {
        ByteBuffer heap = ByteBuffer.allocate(COUNTERS * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        long[] onHeap = served(members, carry, heap);
        try (OffHeap memory = new OffHeap(COUNTERS * Long.BYTES, BEGIN)) {
            assertArrayEquals(onHeap, served(members, carry, memory.buffer()));
        }
        return onHeap;
    }

    @Test
    void shouldServeTheSumAndNothingBelowZero() throws IOException, InvalidFileException {
        long[] expected = new long[COUNTERS];
        try (SegmentFile segment = SegmentFile.open(segment(1000, expected), RealChanges.INSTANCE)) {
            long[] carry = new long[COUNTERS];
            for (int i = 0; i < COUNTERS; i++) {
                carry[i] = random.nextInt(2000) - 1500L;
                expected[i] = Math.max(0, 2L * expected[i] + carry[i]);
            }
            assertArrayEquals(expected, served(List.of(segment, segment), new CounterSum(carry)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 1000})
    void shouldServeOneSegmentAsItIsButForWhatIsTooLarge(int touched) throws IOException, InvalidFileException {
        long[] expected = new long[COUNTERS];
        Path path = segment(touched, expected);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(TestTarget.COUNTERS_AT + BEGIN + 7 * Long.BYTES);
            file.writeLong(-1);
        }
        expected[7] = 0;
        try (SegmentFile segment = SegmentFile.open(path, RealChanges.INSTANCE)) {
            assertArrayEquals(expected, served(List.of(segment), new CounterSum(COUNTERS)));
        }
    }

    @Test
    void shouldTellATruncatedSegment() throws IOException, InvalidFileException {
        long[] expected = new long[COUNTERS];
        Path path = segment(1000, expected);
        try (SegmentFile segment = SegmentFile.open(path, RealChanges.INSTANCE);
                RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(TestTarget.COUNTERS_AT + BEGIN + 8);
            CounterSum sum = new CounterSum(COUNTERS);
            new MemberReader().addCounters(segment, BEGIN, sum);
            assertTrue(segment.isTruncated());
            assertEquals(expected[0], sum.values()[0]);
            assertEquals(0, sum.values()[COUNTERS - 1]);
        }
    }

    /** Of a thousand small programs, each call more is a thousand system calls a read. */
    @ParameterizedTest
    @CsvSource({"100, 0", "100_000, 6"})
    void shouldAskWhereDataIsOnlyIfThatIsLessThanReading(int counters, int expected)
            throws IOException, InvalidFileException {
        try (SegmentFile segment = SegmentFile.open(segment(100_000, new long[COUNTERS]), RealChanges.INSTANCE)) {
            AtomicInteger asked = new AtomicInteger();
            Member counted = seen(segment, "nextData", asked::incrementAndGet);
            new MemberReader().addCounters(counted, BEGIN, new CounterSum(counters));
            assertEquals(expected, asked.get());
        }
    }

    /** A member of which each call of a method is seen. */
    private static Member seen(Member member, String name, Runnable seen) {
        Class<?>[] interfaces = {Member.class};
        return (Member)
                Proxy.newProxyInstance(Member.class.getClassLoader(), interfaces, (proxy, method, arguments) -> {
                    if (method.getName().equals(name)) {
                        seen.run();
                    }
                    return method.invoke(member, arguments);
                });
    }

    /** By pieces, and by groups of members where there are few pieces. */
    @ParameterizedTest
    @CsvSource({"100_000, 40", "100_000, 3", "16_384, 100", "100, 1000", "1, 1000", "100_000, 0"})
    void shouldAddUpByManyThreadsWhatOneAddsUp(int counters, int members) throws IOException {
        long[] expected = new long[counters];
        List<Member> all = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            ByteBuffer section =
                    ByteBuffer.allocate(BEGIN + counters * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int k = 0; k < counters; k++) {
                long count = k % 97 == 0 ? Long.MAX_VALUE - random.nextInt(5) : random.nextInt(1000);
                section.putLong(BEGIN + k * Long.BYTES, count);
                expected[k] = count > Long.MAX_VALUE - expected[k] ? Long.MAX_VALUE : expected[k] + count;
            }
            all.add(sample(i, section));
        }
        for (int helpers : new int[] {0, 1, 3}) {
            CounterSum sum = new CounterSum(counters);
            new MemberReader(new Helpers(helpers)).sum(all, BEGIN, sum);
            assertArrayEquals(expected, sum.values());
        }
    }

    private static SampledMember sample(int number, ByteBuffer section) {
        SampledMember.Sample sample =
                new SampledMember.Sample(section, ByteBuffer.allocate(0), new ValueList(Long.MAX_VALUE));
        return new SampledMember("sample-" + number, 0, OptionalInt.empty(), sample);
    }

    private static SampledMember sample(int counters) {
        return sample(1, ByteBuffer.allocate(BEGIN + counters * Long.BYTES));
    }

    /** The first reader waits for a second one. */
    @ParameterizedTest
    @CsvSource({"100_000, 40", "100, 1000"})
    void shouldReadByTwoThreads(int counters, int members) throws IOException {
        CountDownLatch readers = new CountDownLatch(2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        Member member = seen(sample(counters), "read", () -> {
            if (threads.add(Thread.currentThread())) {
                readers.countDown();
                assertTrue(awaits(readers));
            }
        });
        new MemberReader(new Helpers(1)).sum(Collections.nCopies(members, member), BEGIN, new CounterSum(counters));
        assertEquals(2, threads.size());
    }

    private static boolean awaits(CountDownLatch latch) {
        try {
            return latch.await(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldReportAFailureOfAHelperWhenNobodyReadsAnyMore() {
        AtomicInteger reading = new AtomicInteger();
        CountDownLatch failed = new CountDownLatch(1);
        Thread caller = Thread.currentThread();
        Member member = seen(sample(COUNTERS), "read", () -> {
            reading.incrementAndGet();
            try {
                if (!Thread.currentThread().equals(caller)) {
                    failed.countDown();
                    throw new IllegalStateException("of the helper");
                }
                assertTrue(awaits(failed));
            } finally {
                reading.decrementAndGet();
            }
        });
        MemberReader reader = new MemberReader(new Helpers(1));
        CounterSum sum = new CounterSum(COUNTERS);
        Exception failure = assertThrows(
                IllegalStateException.class, () -> reader.sum(Collections.nCopies(40, member), BEGIN, sum));
        assertEquals("of the helper", failure.getMessage());
        assertEquals(0, reading.get());
    }

    @Test
    void shouldStopWhenNoMoreIsNeeded() throws IOException {
        AtomicInteger read = new AtomicInteger();
        Member member = seen(sample(COUNTERS), "read", read::incrementAndGet);
        ByteBuffer section = ByteBuffer.allocate(COUNTERS * Long.BYTES);
        new MemberReader(new Helpers(0))
                .freeze(List.of(member, member), BEGIN, new CounterSum(COUNTERS), section, () -> read.get() > 2);
        assertEquals(4, read.get());
    }
}
