package org.pgofs.counters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.counts.Snapshot;

/** What cannot be added up: byte counters, bitmaps, times. A real tmpfs and real files; needs root. */
class MarksTest extends StoreFixture {
    private static final HexFormat HEX = HexFormat.of();

    /** Counters and bitmaps, as they are served. */
    private String served() throws IOException {
        List<Snapshot> snapshots = store.freeze(images -> images);
        assertEquals(1, snapshots.size());
        return text(snapshots.get(0));
    }

    private static String text(Snapshot snapshot) {
        return hex(snapshot.counters()) + " " + hex(snapshot.bitmaps());
    }

    private static String hex(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.limit()];
        buffer.get(0, bytes);
        return HEX.formatHex(bytes);
    }

    private void reset() throws IOException {
        store.reset(images -> images);
    }

    @Test
    void shouldServeWhatAnyProcessCovered() throws IOException {
        try (MarkTarget first = new MarkTarget(path, MarkTarget.BYTES);
                MarkTarget second = new MarkTarget(path, MarkTarget.BYTES)) {
            assertEquals("ffffffffffffffff 00000000", served());
            first.put(0, 0);
            first.putBits(0, 1, 0x80);
            second.put(5, 0, 0);
            second.putBits(1, 0x08);
            second.putBits(3, 0x10);
            assertEquals("00ffffffff0000ff 01880010", served());
        }
        await(() -> ended() == 2);
        assertEquals("00ffffffff0000ff 01880010", served());
        closeStore();
        reopen();
        assertEquals("00ffffffff0000ff 01880010", served());
    }

    @Test
    void shouldResetInTheTarget() throws IOException {
        try (MarkTarget target = new MarkTarget(path, MarkTarget.BYTES)) {
            target.put(0, 0, 0, 0xff, 0);
            target.putBits(0, 1, 2, 3, 4);
            reset();
            assertEquals("ffffffffffffffff 00000000", served());
            target.put(1, 0);
            target.putBits(2, 0x40);
            assertEquals("ff00ffffffffffff 00004000", served());
            closeStore();
            reopen();
            assertEquals("ff00ffffffffffff 00004000", served(), "a reset is not done again");
        }
        await(() -> ended() == 1);
        reset();
        try (MarkTarget next = new MarkTarget(path, MarkTarget.BYTES)) {
            next.put(2, 0);
            assertEquals("ffff00ffffffffff 00000000", served());
        }
    }

    /** It dies between the commit of a reset and the clearing. */
    @Test
    void shouldFinishAResetThatADaemonDiedIn() throws IOException {
        try (MarkTarget target = new MarkTarget(path, MarkTarget.BYTES)) {
            target.put(0, 0);
            reset();
            target.put(0, 0);
            target.putBits(0, 1);
            target.forgetThatItWasCleared();
            closeStore();
            reopen();
            assertEquals("ffffffffffffffff 00000000", served());
            target.put(3, 0);
            closeStore();
            reopen();
            assertEquals("ffffff00ffffffff 00000000", served(), "once");
        }
    }

    @Test
    void shouldTakeWhatWasReadAndKeepWhatCameAfter() throws IOException {
        try (MarkTarget target = new MarkTarget(path, MarkTarget.BYTES)) {
            target.put(0, 0, 0);
            target.putBits(0, 3);
            Take take = take();
            assertEquals("0000ffffffffffff 03000000", text(take.snapshots().get(0)));
            assertArrayEquals(HEX.parseHex("ffffffffffffffff"), target.counters(), "cleared at the freeze");
            target.put(1, 0, 0);
            target.putBits(0, 4);
            assertEquals("000000ffffffffff 07000000", served(), "not taken yet");
            take.commit();
            assertEquals("ff0000ffffffffff 04000000", served());
            assertEquals("0000ffffffffffff 03000000", text(store.lastTake("all").get(0)));
        }
    }

    /** Only what was seen to be set is overwritten. */
    @Test
    void shouldLoseNothingThatIsCoveredMeanwhile() throws Exception {
        int size = 2000;
        try (MarkTarget target = new MarkTarget(path, MarkTarget.BYTES, size / 2)) {
            for (int round = 0; round < 5; round++) {
                CompletableFuture<Void> covering = CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < size; i++) {
                        put(target, i);
                        // So that many takes come between.
                        LockSupport.parkNanos(10_000);
                    }
                });
                byte[] seen = new byte[size];
                boolean last;
                do {
                    last = covering.isDone();
                    try (Take take = take()) {
                        add(seen, take.snapshots().get(0).counters());
                        take.commit();
                    }
                } while (!last);
                covering.get();
                byte[] all = new byte[size];
                Arrays.fill(all, (byte) -1);
                assertArrayEquals(all, seen);
            }
        }
    }

    private static void put(MarkTarget target, int counter) {
        try {
            target.put(counter, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(byte[] seen, ByteBuffer counters) {
        for (int i = 0; i < seen.length; i++) {
            seen[i] |= (byte) ~counters.get(i);
        }
    }

    @Test
    void shouldTakeFromEndedProcesses() throws IOException {
        try (MarkTarget target = new MarkTarget(path, MarkTarget.BYTES)) {
            target.put(0, 0, 0);
        }
        await(() -> ended() == 1);
        Take take = take();
        assertEquals("0000ffffffffffff 00000000", text(take.snapshots().get(0)));
        take.commit();
        assertEquals(List.of(), store.images());
        try (MarkTarget next = new MarkTarget(path, MarkTarget.BYTES)) {
            next.put(2, 0);
            assertEquals("ffff00ffffffffff 00000000", served());
        }
    }

    @Test
    void shouldKeepWhatATakeGaveUp() throws IOException {
        try (MarkTarget target = new MarkTarget(path, MarkTarget.BYTES)) {
            target.put(0, 0, 0);
            try (Take take = take()) {
                target.put(7, 0);
                assertEquals("0000ffffffffffff 00000000", text(take.snapshots().get(0)));
            }
            assertEquals("0000ffffffffff00 00000000", served());
            take();
            // The daemon dies with a take under way, and a process that ended since.
        }
        await(() -> ended() == 1);
        closeStore();
        reopen();
        assertEquals("0000ffffffffff00 00000000", served());
    }

    @Test
    void shouldFailATakeThatWasOvertakenByAReset() throws IOException {
        try (MarkTarget target = new MarkTarget(path, MarkTarget.BYTES);
                Take take = take()) {
            target.put(0, 0);
            reset();
            assertThrows(IOException.class, take::commit);
        }
        assertEquals("ffffffffffffffff 00000000", served());
    }

    @Test
    void shouldServeTheFirstTimesAndTheSumsBesideThem() throws IOException {
        try (MarkTarget first = new MarkTarget(path, MarkTarget.TIMES);
                MarkTarget second = new MarkTarget(path, MarkTarget.TIMES)) {
            first.put(0, 5, 0, 0, 0, 0, 0, 0, 0, 7);
            second.put(0, 3, 0, 0, 0, 0, 0, 0, 0, 1);
            second.put(16, 0, 1);
            String merged = "0300000000000000" + "0800000000000000" + "0001000000000000" + "0000000000000000";
            assertEquals(merged + " 00000000", served());
            assertEquals(8, total());

            reset();
            assertEquals("00".repeat(32) + " 00000000", served());
            first.put(0, 9);
            first.put(8, 9);
            assertEquals("0900000000000000" + "0200000000000000" + "00".repeat(16) + " 00000000", served());
        }
        await(() -> ended() == 2);
        assertEquals("0900000000000000" + "0200000000000000" + "00".repeat(16) + " 00000000", served());
    }

    /** Of the counters, without the times. */
    private long total() throws IOException {
        return store.status().images().get(0).totals().total();
    }

    @Test
    void shouldKeepTimesAmongByteCountersWhole() throws IOException {
        String never = "ff".repeat(8);
        try (MarkTarget target = new MarkTarget(path, MarkTarget.BYTES_AND_TIMES)) {
            target.put(0, 1, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff);
            String once = "01ff000000000000" + "00ffffff" + never + "ffffffff";
            assertEquals(once + " 00000000", served());
            Take take = take();
            assertArrayEquals(HEX.parseHex("ff".repeat(24)), target.counters());
            target.put(12, 2, 1, 0, 0, 0, 0, 0, 0, 0);
            take.commit();
            assertEquals(never + "ffffffff" + "0201000000000000" + "00ffffff" + " 00000000", served());
        }
    }

    /** What is missing reads as 0, which among byte counters would be covered. */
    @Test
    void shouldNotCoverWhatIsTruncated() throws IOException {
        try (MarkTarget target = new MarkTarget(path, MarkTarget.BYTES)) {
            target.put(0, 0, 0, 0xff, 0);
            served();
            target.truncate(target.countersAt() + 2);
            assertEquals("0000ffffffffffff 00000000", served());
        }
    }
}
