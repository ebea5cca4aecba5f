package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.pgofs.counters.format.Variant;

/**
 * Images as nobody compiles them: they share functions, some with other hashes, numbers of counters, bitmaps or sites; names
 * of all lengths, sites with very many values, and large counts.
 */
final class RandomImages {
    private static final int RAW_VERSION = 10;
    private static final long GREATEST = 1L << 56;

    private final Random random;
    private final long variant;
    private final boolean hasBitmaps;

    RandomImages(long seed) {
        random = new Random(seed);
        variant = List.of(Variant.IR, Variant.IR | Variant.CONTEXT_SENSITIVE, 0L, Variant.IR | 1L << 58)
                .get((int) (seed % 4));
        hasBitmaps = variant == 0;
    }

    List<TestImage> images() {
        List<TestImage> images = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        int functions = List.of(1, 2, 3, 4, 5, 48, 300, 1000).get(random.nextInt(8));
        for (int i = 0; i < count; i++) {
            images.add(image("i" + i, functions));
        }
        return images;
    }

    private TestImage image(String name, int functions) {
        TestImage.Builder builder = TestImage.of(name, RAW_VERSION | variant);
        List<Long> addresses = new ArrayList<>();
        for (int i = 0; i < functions; i++) {
            // Of two images some functions are the same; of one a few are twice.
            int number = random.nextInt(10) == 0 ? random.nextInt(functions) : i;
            Random shape = new Random(number * 31L + (random.nextInt(8) == 0 ? random.nextInt(5) : 0));
            addresses.add(builder.address());
            addFunction(builder, "f" + "x".repeat(number % 17) + number, shape, addresses);
        }
        byte[] id = new byte[1 + random.nextInt(20)];
        random.nextBytes(id);
        ByteBuffer ids =
                ByteBuffer.allocate(Long.BYTES + ((id.length + 7) & -8)).order(ByteOrder.LITTLE_ENDIAN);
        ids.putLong(id.length).put(id);
        return builder.build(ids.array(), new byte[0], new byte[0]);
    }

    private void addFunction(TestImage.Builder builder, String name, Random shape, List<Long> addresses) {
        long hash = shape.nextInt(4) == 0 ? shape.nextLong() : shape.nextInt(7);
        List<Integer> sites = hasBitmaps ? List.of(0, 0, 0) : List.of(shape.nextInt(3), shape.nextInt(2), 0);
        int site = builder.firstSite();
        for (int kind = 0; kind < 2; kind++) {
            for (int i = 0; i < sites.get(kind); i++) {
                addValues(builder, site++, kind == 0 ? addresses : List.of());
            }
        }
        byte[] bitmap = new byte[hasBitmaps ? shape.nextInt(3) : 0];
        random.nextBytes(bitmap);
        long[] counts = new long[1 + shape.nextInt(5)];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = random.nextBoolean() ? random.nextInt(4) : random.nextLong() >>> (8 + random.nextInt(50));
            counts[i] = Math.min(counts[i], GREATEST);
        }
        builder.function(name, hash, sites, bitmap, counts);
    }

    private void addValues(TestImage.Builder builder, int site, List<Long> addresses) {
        int values = random.nextInt(20) == 0 ? 255 : random.nextInt(5);
        for (int i = 0; i < values; i++) {
            long value = addresses.isEmpty()
                    ? i + 1
                    : random.nextInt(3) > 0 ? addresses.get(random.nextInt(addresses.size())) : 1L << 40 | i;
            builder.value(site, value, 1 + random.nextInt(4));
        }
    }
}
