package org.pgofs.profdata;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import org.pgofs.counters.image.Image;

/** The binary ids of some images, sorted, each once. Immutable. */
final class BinaryIds {
    private final SortedSet<byte[]> ids = new TreeSet<>(Arrays::compareUnsigned);

    BinaryIds(Collection<? extends Image> images) {
        for (Image image : images) {
            ByteBuffer all = image.binaryIds().slice().order(ByteOrder.LITTLE_ENDIAN);
            while (all.hasRemaining()) {
                byte[] id = new byte[(int) all.getLong()];
                all.get(id);
                all.position(all.position() + padded(id.length) - id.length);
                ids.add(id);
            }
        }
    }

    private static int padded(int size) {
        return (size + Long.BYTES - 1) & -Long.BYTES;
    }

    /** The size of the section, in bytes. */
    int size() {
        return Long.BYTES + content();
    }

    private int content() {
        return ids.stream().mapToInt(id -> Long.BYTES + padded(id.length)).sum();
    }

    /** Puts the section; what is skipped of the target must be zeros. */
    void put(ByteBuffer target) {
        target.putLong(content());
        for (byte[] id : ids) {
            target.putLong(id.length).put(id);
            target.position(target.position() + padded(id.length) - id.length);
        }
    }
}
