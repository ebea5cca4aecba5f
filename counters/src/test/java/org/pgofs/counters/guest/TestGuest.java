package org.pgofs.counters.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.GuestLayout;

/**
 * A virtual machine as the store sees one: a file that is open for writing as long as the machine runs. Its kernel has two
 * functions, of {@link #COUNTERS} counters together; the parts of the kernel lie in pages of their own.
 */
public final class TestGuest implements AutoCloseable {
    public static final int COUNTERS = 600;
    public static final long ALIGNMENT = 2 << 20;
    static final long SIZE = 16 * ALIGNMENT;

    private static final int PAGE = 4096;
    private static final int RECORD_SIZE = 48;
    private static final long LINKED = 0xffff_ffff_81ab_d000L;
    private static final int COUNTERS_AT = PAGE;
    private static final int NAMES_AT = 3 * PAGE;
    private static final ByteBuffer NAMES = StandardCharsets.US_ASCII.encode("\u000c\0first\u0001second");
    private static final List<GuestImage.Function> FUNCTIONS = List.of(
            new GuestImage.Function(1, 11, 0, 400, LINKED - 0x1000),
            new GuestImage.Function(2, 22, 3200, COUNTERS - 400, 0));

    private final Path memory;
    private final FileChannel channel;
    private long load;

    private TestGuest(Path memory, FileChannel channel) {
        this.memory = memory;
        this.channel = channel;
    }

    /** A machine that has not started its kernel yet. */
    public static TestGuest start(Path memory) throws IOException {
        FileChannel channel =
                FileChannel.open(memory, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.write(ByteBuffer.allocate(1), SIZE - 1);
        return new TestGuest(memory, channel);
    }

    public static GuestImage kernel() {
        return kernel(8 | Variant.IR);
    }

    /** One that is another image if the raw version is another one. */
    public static GuestImage kernel(long rawVersion) {
        return kernel(rawVersion, Processor.X86_64);
    }

    /** One that is another image if the processor is another one. */
    public static GuestImage kernel(long rawVersion, Processor processor) {
        return new GuestImage(
                "/build/vmlinux",
                processor,
                "Linux version 1",
                rawVersion,
                ByteBuffer.allocate(0),
                FUNCTIONS,
                COUNTERS * Long.BYTES,
                0,
                NAMES.duplicate(),
                new GuestLayout(LINKED + COUNTERS_AT, LINKED, RECORD_SIZE, LINKED + NAMES_AT));
    }

    public Path memory() {
        return memory;
    }

    /** Loads the kernel, and begins to count from 0. */
    public TestGuest boot(int loadOffset) throws IOException {
        return bootAt(loadOffset * ALIGNMENT + (LINKED & (ALIGNMENT - 1)));
    }

    /** The same, with the kernel's records at a place of the memory. */
    public TestGuest bootAt(long place) throws IOException {
        load = place;
        ByteBuffer records = ByteBuffer.allocate(2 * RECORD_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < FUNCTIONS.size(); i++) {
            records.putLong(i * RECORD_SIZE, FUNCTIONS.get(i).nameRef())
                    .putLong(i * RECORD_SIZE + Long.BYTES, FUNCTIONS.get(i).funcHash())
                    .putLong(i * RECORD_SIZE + 2 * Long.BYTES, System.nanoTime()); // as an address is, at random
        }
        channel.write(records, load);
        channel.write(ByteBuffer.allocate(COUNTERS * Long.BYTES), load + COUNTERS_AT);
        channel.write(NAMES.duplicate(), load + NAMES_AT);
        return this;
    }

    /** Counts: all counters have the same number. */
    public void count(long number) throws IOException {
        count(number, 0, COUNTERS);
    }

    public void count(long number, int from, int to) throws IOException {
        ByteBuffer counters = ByteBuffer.allocate((to - from) * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (counters.hasRemaining()) {
            counters.putLong(number);
        }
        channel.write(counters.flip(), load + COUNTERS_AT + (long) from * Long.BYTES);
    }

    /** Uses the page of the names for something else. */
    public void overwriteNames() throws IOException {
        channel.write(ByteBuffer.allocate(PAGE), load + NAMES_AT);
    }

    public void write(long offset, String text) throws IOException {
        channel.write(StandardCharsets.US_ASCII.encode(text), offset);
    }

    /** Whether it runs. */
    public boolean isOpen() {
        return channel.isOpen();
    }

    /** Ends the machine: as a kill would, it leaves its memory behind. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
