package org.pgofs.counters.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.format.RecordLayout;
import org.pgofs.counters.format.SegmentLayout;

/** Lays out the image file that a process would publish, for an image that none publishes. */
final class ImageFileBuilder {
    private final long rawVersion;
    private final long countersSize;
    private final long bitmapsSize;
    private final List<Part> parts = new ArrayList<>();
    private int size = ImageLayout.SIZE;
    private long valueSites;
    private Processor processor = Processor.X86_64;

    private record Part(int field, int at, ByteBuffer content) {}

    /** An image without any parts. */
    ImageFileBuilder(long rawVersion, long countersSize, long bitmapsSize) {
        this.rawVersion = rawVersion;
        this.countersSize = countersSize;
        this.bitmapsSize = bitmapsSize;
    }

    /** What it is for, if that is known. */
    ImageFileBuilder processor(Processor known) {
        processor = known;
        return this;
    }

    /** The number of value sites of all records. */
    ImageFileBuilder valueSites(long sites) {
        valueSites = sites;
        return this;
    }

    ImageFileBuilder binaryIds(ByteBuffer content) {
        return part(ImageLayout.BINARY_IDS, content);
    }

    /** As {@link RecordLayout} has them. */
    ImageFileBuilder records(ByteBuffer content) {
        return part(ImageLayout.RECORDS, content);
    }

    ImageFileBuilder names(ByteBuffer content) {
        return part(ImageLayout.NAMES, content);
    }

    ImageFileBuilder vtables(ByteBuffer content, ByteBuffer names) {
        return part(ImageLayout.VTABLES, content).part(ImageLayout.VTABLE_NAMES, names);
    }

    /** One without content has neither place nor size. */
    private ImageFileBuilder part(int field, ByteBuffer content) {
        if (content.hasRemaining()) {
            parts.add(new Part(field, size, content));
            size += content.remaining();
        }
        return this;
    }

    byte[] build() {
        byte[] bytes = new byte[size];
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(ImageLayout.MAGIC, ImageLayout.MAGIC_VALUE)
                .putInt(ImageLayout.VERSION, SegmentLayout.FORMAT_VERSION)
                .putInt(ImageLayout.HEADER_SIZE, ImageLayout.headerSize(processor))
                .putLong(ImageLayout.FILE_SIZE, size)
                .putLong(ImageLayout.RAW_VERSION, rawVersion)
                .putLong(ImageLayout.COUNTERS_SIZE, countersSize)
                .putLong(ImageLayout.BITMAPS_SIZE, bitmapsSize)
                .putLong(ImageLayout.VALUE_SITES, valueSites);
        for (Part part : parts) {
            file.putLong(part.field, part.at).putLong(part.field + Long.BYTES, part.content.remaining());
            file.put(part.at, part.content, part.content.position(), part.content.remaining());
        }
        return bytes;
    }
}
