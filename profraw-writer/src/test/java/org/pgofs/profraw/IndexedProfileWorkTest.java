package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.Variant;
import org.pgofs.profdata.FunctionOrder;
import org.pgofs.profdata.IndexedFile;
import org.pgofs.profdata.IndexedProfile;
import org.pgofs.profdata.format.IndexedLayout;

/** How much memory it takes to sort functions and to read a profile, in bytes of the Java heap for each function. */
class IndexedProfileWorkTest {
    private static final int FUNCTIONS = 4000;

    /** Arrays of numbers, some of them twice as long as there are functions. */
    private static final long TO_SORT = 110;

    /** Less than the smallest object: where the names are. */
    private static final long TO_READ = 15;

    enum Kind {
        NAMED,
        NAMELESS,
        SHARED;

        List<TestImage> images(int count) {
            return switch (this) {
                case NAMED -> List.of(image("a", count));
                case NAMELESS -> List.of(image("a", count).withoutNames());
                case SHARED -> List.of(image("a", count / 2), image("b", count / 2));
            };
        }

        private static TestImage image(String name, int count) {
            TestImage.Builder builder = TestImage.of(name, 8 | Variant.IR);
            for (int i = 0; i < count; i++) {
                builder.function("_ZN5space" + i + "function", i, List.of(i % 3, i % 2, 0), new byte[0], i, 3);
            }
            return builder.build();
        }
    }

    private record Work(long sort, long read) {}

    @ParameterizedTest
    @EnumSource
    void shouldMakeNoObjectForEachFunction(Kind kind) throws IOException {
        work(kind, FUNCTIONS); // classes are loaded
        Work few = work(kind, FUNCTIONS);
        Work many = work(kind, 4 * FUNCTIONS);

        long sort = (many.sort - few.sort) / (3 * FUNCTIONS);
        long read = (many.read - few.read) / (3 * FUNCTIONS);
        assertTrue(sort <= TO_SORT, "to sort takes " + sort + " bytes for each function");
        assertTrue(read <= TO_READ, "to read takes " + read + " bytes for each function");
    }

    private static Work work(Kind kind, int functions) throws IOException {
        List<TestImage> images = kind.images(functions);
        List<Snapshot> snapshots = new ArrayList<>();
        images.forEach(image -> snapshots.add(image.snapshot()));
        long begin = allocated();
        FunctionOrder order = FunctionOrder.of(images);
        long sorted = allocated();
        IndexedProfile profile = new IndexedProfile(images, IndexedLayout.of(7), order);
        try (IndexedFile file = profile.with(snapshots, profile.size())) {
            ByteBuffer piece = ByteBuffer.allocateDirect(1 << 16);
            for (long at = 0; at < file.size(); at += piece.position()) {
                file.read(at, piece.clear());
            }
        }
        return new Work(sorted - begin, allocated() - sorted);
    }

    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
