package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.pgofs.counters.Snapshot;

/** Whole files, for tests. */
final class TestFiles {
    private TestFiles() {}

    /** An image's profile in a version, read at once. */
    static ByteBuffer bytes(TestImage image, int number) {
        return bytes(new RawProfile(image, RawLayouts.of(number)).with(image.snapshot()));
    }

    /** The profiles of images in a version, one after another. */
    static RawBytes sequence(List<TestImage> images, int number) {
        RawLayout layout = RawLayouts.of(number);
        List<RawProfile> profiles =
                images.stream().map(image -> new RawProfile(image, layout)).toList();
        List<Snapshot> snapshots = images.stream().map(TestImage::snapshot).toList();
        return new RawProfileSequence(profiles).with(snapshots);
    }

    static ByteBuffer bytes(RawBytes source) {
        ByteBuffer file = ByteBuffer.allocate(Math.toIntExact(source.size())).order(ByteOrder.LITTLE_ENDIAN);
        source.read(0, file);
        return file.flip();
    }
}
