package org.pgofs.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.format.SegmentLayout;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.profraw.RawBytes;
import org.pgofs.profraw.RawLayouts;
import org.pgofs.profraw.RawProfile;

/** Reads an image, hashes it, and makes its raw profile. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ProfileMaking {
    private static final int RAW_VERSION = 8;
    private static final int COUNTERS = 5;

    /** How many functions the image has. */
    @Param({"1000", "20000"})
    public int functions;

    private byte[] file;
    private StoredImage image;
    private RawProfile profile;
    private Snapshot snapshot;
    private ByteBuffer target;

    /** Makes the image. */
    @Setup
    public void makeImage() throws InvalidFileException {
        int size = ImageLayout.SIZE + functions * RecordLayout.SIZE;
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(ImageLayout.MAGIC, ImageLayout.MAGIC_VALUE)
                .putInt(ImageLayout.VERSION, SegmentLayout.FORMAT_VERSION)
                .putInt(ImageLayout.HEADER_SIZE, ImageLayout.SIZE)
                .putLong(ImageLayout.FILE_SIZE, size)
                .putLong(ImageLayout.RAW_VERSION, RAW_VERSION | Variant.IR)
                .putLong(ImageLayout.COUNTERS_SIZE, (long) functions * COUNTERS * Long.BYTES)
                .putLong(ImageLayout.RECORDS, ImageLayout.SIZE)
                .putLong(ImageLayout.RECORDS + Long.BYTES, (long) functions * RecordLayout.SIZE);
        for (int i = 0; i < functions; i++) {
            int at = ImageLayout.SIZE + i * RecordLayout.SIZE;
            bytes.putLong(at + RecordLayout.FUNCTION, 0x1000 + 16L * i)
                    .putLong(at + RecordLayout.COUNTERS_OFFSET, (long) i * COUNTERS * Long.BYTES)
                    .putInt(at + RecordLayout.COUNTERS, COUNTERS);
        }
        file = bytes.array();
        image = read();
        profile = new RawProfile(image, RawLayouts.of(RAW_VERSION));
        snapshot = Snapshot.none(image);
        target = ByteBuffer.allocateDirect((int) profile.size());
    }

    /** Checks it and hashes it by SHA-256, as when its first process begins. */
    @Benchmark
    public StoredImage read() throws InvalidFileException {
        return StoredImage.read(file, "program", name -> false);
    }

    /** Only the SHA-256. */
    @Benchmark
    public String hash() {
        return StoredImage.digest(file);
    }

    /** All that is made once for each image. */
    @Benchmark
    public RawProfile prepare() {
        return new RawProfile(image, RawLayouts.of(RAW_VERSION));
    }

    /** The bytes of one read. */
    @Benchmark
    public ByteBuffer make() {
        RawBytes bytes = profile.with(snapshot);
        bytes.read(0, target.clear());
        return target;
    }
}
