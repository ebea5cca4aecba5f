package org.pgofs.fleet.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.format.Variant;

class PieceReaderTest {
    private static final TestPiece PIECE =
            TestPiece.of(TestPiece.IR).function("a", 1, 1, 2).function("b", 2, 3);

    private final PieceReader reader = new PieceReader();

    private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
        return ByteBuffer.allocate(first.remaining() + second.remaining())
                .put(first)
                .put(second)
                .flip();
    }

    private void assertBad(ByteBuffer raw, String reason) {
        IOException e = assertThrows(IOException.class, () -> reader.read(raw));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void shouldReadAllProfilesOfAFile() throws IOException {
        assertEquals(2, reader.read(joined(PIECE.raw(), PIECE.raw())).size());
    }

    @Test
    void shouldKeepWhatPiecesHaveInCommon() throws IOException {
        Piece first = reader.read(PIECE.raw()).get(0);
        Piece same = reader.read(TestPiece.of(TestPiece.IR)
                        .function("a", 1, 7, 8)
                        .function("b", 2, 9)
                        .raw())
                .get(0);
        Piece other = reader.read(
                        TestPiece.of(TestPiece.IR).function("a", 1, 7, 8).raw())
                .get(0);

        assertSame(first.structure(), same.structure());
        assertNotSame(first.structure(), other.structure());
        assertEquals(24, same.total());
    }

    @Test
    void shouldRefuseWhatIsNoProfile() {
        assertBad(ByteBuffer.allocate(0), "it is empty");
        assertBad(ByteBuffer.allocate(64), "it is empty");
        assertBad(ByteBuffer.wrap("0123456789abcdef".getBytes(StandardCharsets.UTF_8)), "magic");
        assertBad(joined(PIECE.raw(), TestPiece.of(10).function("a", 1, 1).raw()), "instrumented in different ways");
        assertBad(
                TestPiece.of(Variant.IR | Variant.TEMPORAL | Variant.BYTE_COVERAGE | 10)
                        .function("a", 1, List.of(0, 0, 0), new byte[0], new byte[4])
                        .raw(),
                "no room for its time");
    }

    /** They are inflated first when the result is written, when it is too late to leave the piece out. */
    @Test
    void shouldRefuseNamesThatCannotBeInflated() {
        assertBad(
                TestPiece.of(TestPiece.IR)
                        .function("a", 1, 1)
                        .names((byte) 9, (byte) 3, (byte) 1, (byte) 2, (byte) 3)
                        .raw(),
                "bad raw profile: it");
    }

    /** Whatever is changed, it is read or refused, and what is read can be merged and written. */
    @Test
    void shouldReadOrRefuseDamagedProfiles() throws IOException {
        Random random = new Random(1);
        byte[] sound = TestPiece.of(TestPiece.IR)
                .function("a", 1, List.of(1, 1, 0), new byte[0], 1, 2)
                .function("b", 2, 3)
                .value(0, 0x1010, 4)
                .value(1, 8, 4)
                .bytes();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = sound.clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                damaged[random.nextInt(damaged.length)] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
            }
            int size = random.nextInt(4) == 0 ? random.nextInt(damaged.length) : damaged.length;
            try {
                MergedImage sum = new MergedImage();
                for (Piece piece : reader.read(ByteBuffer.wrap(damaged, 0, size))) {
                    sum.add(piece, 1);
                }
                MergedProfile.of("damaged", sum);
            } catch (IOException e) {
                refused++;
            }
        }
        assertTrue(refused > 1000 && refused < 19_000, "refused " + refused);
    }
}
