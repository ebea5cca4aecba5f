package org.pgofs.counters.counts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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
        MemberReader reader = new MemberReader();
        while (section.hasRemaining()) {
            reader.freezePiece(members, BEGIN, carry, section);
        }
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
    @Test
    void shouldAskForNoDataBehindTheLastCounter() throws IOException, InvalidFileException {
        try (SegmentFile segment = SegmentFile.open(segment(100_000, new long[COUNTERS]), RealChanges.INSTANCE)) {
            AtomicInteger asked = new AtomicInteger();
            Member counted = (Member) Proxy.newProxyInstance(
                    Member.class.getClassLoader(), new Class<?>[] {Member.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("nextData")) {
                            asked.incrementAndGet();
                        }
                        return method.invoke(segment, arguments);
                    });
            new MemberReader().addCounters(counted, BEGIN, new CounterSum(100));
            assertEquals(1, asked.get());
        }
    }
}
