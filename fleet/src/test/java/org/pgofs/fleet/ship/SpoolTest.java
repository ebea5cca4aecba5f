package org.pgofs.fleet.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
    private static final SpooledPiece PIECE = new SpooledPiece(
            new SpooledPiece.Head(
                    "0000abcd",
                    7,
                    "a \u00e9",
                    "0123abcd",
                    "ir",
                    "2026-11-30T16:00:00Z",
                    "h",
                    "0".repeat(32),
                    "{\"a\": 1}\n"),
            ByteBuffer.wrap(new byte[] {1, 2, 3}));

    @TempDir
    private Path directory;

    private Spool open() throws IOException {
        return Spool.open(directory.resolve("new/spool"), new SpoolDisk());
    }

    @Test
    void shouldKeepPiecesAndItsName() throws IOException {
        String keeper;
        try (Spool spool = open()) {
            keeper = spool.keeper();
            spool.become(spool.begin(5, PIECE), Spool.PIECE);
            spool.begin(4, PIECE);
        }
        try (Spool spool = open()) {
            assertEquals(keeper, spool.keeper());
            assertEquals(1, spool.entries(Spool.INTENT).size());
            Spool.Entry piece = spool.entries(Spool.PIECE).get(0);
            assertEquals(5, piece.sequence());
            assertEquals(PIECE, piece.read());
            spool.remove(piece);
            assertEquals(List.of(), spool.entries(Spool.PIECE));
        }
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("new/spool"))));
    }

    @Test
    void shouldBelongToOneAtATime() throws IOException {
        try (Spool first = open()) {
            IOException refused = assertThrows(IOException.class, this::open);
            assertTrue(refused.getMessage().startsWith("another shipper has the spool " + first.directory()));
        }
        open().close();
    }

    @Test
    void shouldGiveAPieceAnotherNumberAndKeepThatOfItsTake() throws IOException {
        try (Spool spool = open()) {
            Spool.Entry piece = spool.begin(5, PIECE);
            Spool.Entry renamed = spool.renumber(piece);
            assertNotEquals(5, renamed.sequence());
            assertEquals(5, renamed.sequence() & 0xffffffffL);
            assertEquals(List.of(renamed), spool.entries(Spool.INTENT));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 11, 40})
    void shouldNameAPieceThatIsDamaged(int size) throws IOException {
        try (Spool spool = open()) {
            Spool.Entry piece = spool.begin(5, PIECE);
            Files.write(piece.path(), Arrays.copyOf(Files.readAllBytes(piece.path()), size));
            IOException damaged = assertThrows(IOException.class, piece::read);
            assertTrue(damaged.getMessage().startsWith(piece.path() + " is"), damaged.getMessage());
        }
    }
}
