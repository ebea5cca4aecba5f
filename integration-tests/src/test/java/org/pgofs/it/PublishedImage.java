package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a segment and its image file by the offsets of pgofs_format.h, without the daemon's classes. */
record PublishedImage(ByteBuffer segment, ByteBuffer image) {
    private static final int RECORD_SIZE = 64;
    private static final int KINDS = 3;
    private static final int SLOTS = 24;
    private static final int SITE_SIZE = Long.BYTES + SLOTS * 2 * Long.BYTES;

    static PublishedImage read(Path file) throws IOException {
        ByteBuffer segment = load(file);
        String name = "i-%d-%016x%016x".formatted(segment.getInt(152), segment.getLong(32), segment.getLong(40));
        ByteBuffer image = load(file.resolveSibling(name));
        assertEquals(0x31474553464f4750L, segment.getLong(0), "magic of the segment");
        assertEquals(0x31474d49464f4750L, image.getLong(0), "magic of the image");
        assertEquals(segment.capacity(), segment.getLong(16), "size of the segment");
        assertEquals(image.capacity(), image.getLong(16), "size of the image");
        assertEquals(segment.getLong(24), image.getLong(24), "raw version");
        assertEquals(segment.getLong(64), image.getLong(48), "size of the counters");
        assertEquals(0, segment.getLong(56) % 4096, "offset of the counters");
        assertTrue(segment.getLong(56) + segment.getLong(64) <= segment.capacity(), "counters inside the segment");
        assertEquals(image.getLong(64) * SITE_SIZE, segment.getLong(96), "size of the value sites");
        assertEquals(0, segment.getLong(88) % 4096, "offset of the value sites");
        return new PublishedImage(segment, image);
    }

    private static ByteBuffer load(Path file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    }

    int pageSize() {
        return segment.getInt(12);
    }

    String path() {
        byte[] path = new byte[segment.getInt(148)];
        segment.get(160, path);
        return new String(path, StandardCharsets.UTF_8);
    }

    private List<Integer> records() {
        List<Integer> records = new ArrayList<>();
        int begin = (int) image.getLong(88);
        for (int at = begin; at < begin + image.getLong(96); at += RECORD_SIZE) {
            records.add(at);
        }
        return records;
    }

    /** As {@link ProfileText#functions()}. */
    List<String> functions() {
        List<String> functions = new ArrayList<>();
        for (int record : records()) {
            List<String> counts = new ArrayList<>();
            int counter = (int) (segment.getLong(56) + image.getLong(record + 16));
            for (int i = 0; i < image.getInt(record + 44); i++) {
                counts.add(Long.toUnsignedString(segment.getLong(counter + i * Long.BYTES)));
            }
            functions.add(ProfileText.line(
                    image.getLong(record), image.getLong(record + 8), "[" + String.join(", ", counts) + "]"));
        }
        Collections.sort(functions);
        return functions;
    }

    /** Link-time addresses of functions by name reference, where they are known. */
    Map<Long, Long> addresses() {
        Map<Long, Long> addresses = new HashMap<>();
        for (int record : records()) {
            if (image.getLong(record + 32) != 0) {
                addresses.put(image.getLong(record), image.getLong(record + 32));
            }
        }
        return addresses;
    }

    /** As {@link ProfileText#values()}. */
    List<String> values() {
        Map<Long, Long> functions = new HashMap<>();
        addresses().forEach((name, address) -> functions.put(address, name));
        List<String> values = new ArrayList<>();
        for (int record : records()) {
            int number = image.getInt(record + 40);
            for (int kind = 0; kind < KINDS; kind++) {
                for (int site = 0; site < sites(record, kind); site++) {
                    addValues(values, functions, record, kind, site, number++);
                }
            }
        }
        return values;
    }

    private void addValues(List<String> values, Map<Long, Long> functions, int record, int kind, int site, int number) {
        int slots = (int) segment.getLong(88) + number * SITE_SIZE + Long.BYTES;
        for (int slot = slots; slot < slots + SITE_SIZE - Long.BYTES; slot += 2 * Long.BYTES) {
            long value = segment.getLong(slot);
            long count = segment.getLong(slot + Long.BYTES);
            if (count != 0) {
                long target = kind == 0 ? functions.get(value - segment.getLong(112)) : value;
                values.add(ProfileText.value(image.getLong(record), kind, site, target, count));
            }
        }
    }

    private int sites(int record, int kind) {
        return Short.toUnsignedInt(image.getShort(record + 48 + kind * Short.BYTES));
    }

    /** Each site has a place of its own. */
    void checkValueSites() {
        BitSet taken = new BitSet();
        for (int record : records()) {
            int first = image.getInt(record + 40);
            int sites = 0;
            for (int kind = 0; kind < KINDS; kind++) {
                sites += sites(record, kind);
            }
            assertTrue(taken.get(first, first + sites).isEmpty(), "sites of their own");
            taken.set(first, first + sites);
        }
        assertEquals(image.getLong(64), taken.cardinality(), "number of value sites");
    }
}
