package org.pgofs.daemon.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The counters of one image as a {@link CountersFile} has them, little-endian, one image after another:
 *
 * <pre>
 *   u32 size of the name, u32 processes that run,
 *   u64 number, u64 size of the counters,
 *   name in UTF-8, zeros to a multiple of 8,
 *   counters, zeros to a multiple of 8
 * </pre>
 *
 * @param name of the image
 * @param processes that run, 0 or more
 * @param number that no other image has, of this mount or an earlier one: it says whether the records are still those that
 *     somebody has read
 * @param counters the counters section of the image's raw profile
 */
public record LiveCounters(String name, int processes, long number, ByteBuffer counters) {
    private static final int HEADER = 2 * Integer.BYTES + 2 * Long.BYTES;

    /** How much is in front of the counters. */
    static int headSize(String name) {
        return HEADER + padded(bytes(name).length);
    }

    /** What is in front of the counters, from position 0. */
    static ByteBuffer head(String name, int processes, long number, int size) {
        ByteBuffer head = ByteBuffer.allocate(headSize(name)).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt(bytes(name).length).putInt(processes).putLong(number).putLong(size);
        return head.put(bytes(name)).rewind();
    }

    static int padded(int size) {
        return (size + Long.BYTES - 1) & -Long.BYTES;
    }

    private static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What a file has.
     *
     * @param file all of it
     * @return its images; their counters are parts of the file
     * @throws IOException if it is none; the message is one line
     */
    public static List<LiveCounters> parse(ByteBuffer file) throws IOException {
        ByteBuffer rest = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        List<LiveCounters> images = new ArrayList<>();
        while (rest.hasRemaining()) {
            require(rest.remaining() >= HEADER);
            int nameSize = rest.getInt();
            int processes = rest.getInt();
            long number = rest.getLong();
            long size = rest.getLong();
            String name = StandardCharsets.UTF_8.decode(part(rest, nameSize)).toString();
            images.add(new LiveCounters(name, processes, number, part(rest, size)));
        }
        return images;
    }

    private static ByteBuffer part(ByteBuffer rest, long size) throws IOException {
        require(size >= 0 && size <= rest.remaining() && padded((int) size) <= rest.remaining());
        ByteBuffer part = rest.slice(rest.position(), (int) size).order(ByteOrder.LITTLE_ENDIAN);
        rest.position(rest.position() + padded((int) size));
        return part;
    }

    private static void require(boolean condition) throws IOException {
        if (!condition) {
            throw new IOException("the counters are not complete");
        }
    }
}
