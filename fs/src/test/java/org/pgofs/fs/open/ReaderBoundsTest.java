package org.pgofs.fs.open;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;

final class ReaderBoundsTest {
    private static final int ROOT = 0;
    private static final int OWNER = 1000;
    private static final int USER = 65534;
    private static final long MEMORY = 1 << 20;

    private final ReaderBounds bounds = new ReaderBounds(OWNER, MEMORY);

    private List<ReaderBounds.Account> open(int user, int count) throws FsException {
        List<ReaderBounds.Account> accounts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            accounts.add(bounds.open(user));
        }
        return accounts;
    }

    private void assertTooMany(int user) {
        assertEquals(
                Errno.EMFILE,
                assertThrows(FsException.class, () -> bounds.open(user)).errno());
    }

    @Test
    void shouldBoundTheOpenFilesOfAUser() throws FsException {
        List<ReaderBounds.Account> accounts = open(USER, ReaderBounds.OPEN_OF_USER);
        assertTooMany(USER);
        open(USER + 1, 1);
        accounts.get(0).close();
        accounts.get(0).close();
        open(USER, 1);
        assertTooMany(USER);
    }

    @Test
    void shouldLeaveFilesToRootAndTheOwnerWhateverTheOthersOpen() throws FsException {
        for (int i = 0; i < ReaderBounds.OPEN_OF_OTHERS; i++) {
            open(USER + i, 1);
        }
        assertTooMany(USER - 1);
        open(OWNER, (ReaderBounds.OPEN - ReaderBounds.OPEN_OF_OTHERS) / 2);
        open(ROOT, (ReaderBounds.OPEN - ReaderBounds.OPEN_OF_OTHERS) / 2);
        assertTooMany(ROOT);
    }

    @Test
    void shouldBoundTheMemoryOfAUser() throws FsException {
        ReaderBounds.Account held = bounds.open(USER);
        ReaderBounds.Account other = bounds.open(USER);
        assertTrue(held.hold(MEMORY / 8));
        assertFalse(other.hold(1));
        held.close();
        assertTrue(other.hold(1));
    }

    @Test
    void shouldLeaveMemoryToRootAndTheOwnerWhateverTheOthersHold() throws FsException {
        for (int i = 0; i < 4; i++) {
            assertTrue(bounds.open(USER + i).hold(MEMORY / 8));
        }
        assertFalse(bounds.open(USER + 4).hold(1));
        assertTrue(bounds.open(ROOT).hold(MEMORY / 4));
        assertTrue(bounds.open(OWNER).hold(MEMORY / 4));
        assertFalse(bounds.open(ROOT).hold(1));
    }

    @Test
    void shouldLetTheOwnerReadOneFileOfAnySize() throws FsException {
        assertTrue(bounds.open(USER).hold(MEMORY / 8));
        ReaderBounds.Account large = bounds.open(ROOT);
        assertTrue(large.hold(10 * MEMORY));
        assertFalse(bounds.open(OWNER).hold(1));
        assertFalse(bounds.open(USER).hold(1));
        large.close();
        assertTrue(bounds.open(OWNER).hold(10 * MEMORY));
    }
}
