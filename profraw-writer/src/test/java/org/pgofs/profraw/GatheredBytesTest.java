package org.pgofs.profraw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GatheredBytesTest {
    private static ByteBuffer ones(int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) 1);
        return ByteBuffer.wrap(bytes);
    }

    /** Gaps and parts in turn, read by pieces of any size, against an array. */
    @Property
    void shouldHaveZerosWhereNoPartIs(
            @ForAll @Size(max = 12) List<@IntRange(max = 9000) Integer> sizes,
            @ForAll @IntRange(max = 9000) int rest,
            @ForAll @IntRange(min = 1, max = 20_000) int piece) {
        GatheredBytes.Builder file = new GatheredBytes.Builder();
        int end = 0;
        byte[] expected = new byte[sizes.stream().mapToInt(Integer::intValue).sum() + rest];
        for (int i = 0; i < sizes.size(); i++) {
            int size = sizes.get(i);
            if (i % 2 == 1) {
                file.add(new Section(end, size), ones(size + i));
                Arrays.fill(expected, end, end + size, (byte) 1);
            }
            end += size;
        }
        RawBytes bytes = file.build(expected.length);

        assertEquals(expected.length, bytes.size());
        ByteBuffer read = ByteBuffer.allocate(expected.length);
        while (read.hasRemaining()) {
            ByteBuffer target = ByteBuffer.allocate(piece);
            bytes.read(read.position(), target);
            assertEquals(Math.min(piece, read.remaining()), target.position());
            read.put(target.flip());
        }
        assertArrayEquals(expected, read.array());
    }

    @Test
    void shouldRefusePartsThatDoNotFit() {
        GatheredBytes.Builder file = new GatheredBytes.Builder();
        file.add(new Section(8, 8), ones(8));

        assertThrows(IllegalArgumentException.class, () -> file.add(new Section(15, 1), ones(1)));
        assertThrows(IllegalArgumentException.class, () -> file.add(new Section(16, 2), ones(1)));
        assertThrows(IllegalArgumentException.class, () -> file.build(15));
    }
}
