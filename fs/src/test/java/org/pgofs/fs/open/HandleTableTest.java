package org.pgofs.fs.open;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.pgofs.fs.fuse.Shell;

final class HandleTableTest {
    private final HandleTable<String> table = new HandleTable<>();

    @Test
    void shouldKnowWhatIsOpen() throws FsException {
        long a = table.add("a");
        long b = table.add("b");
        assertEquals("a", table.remove(a));
        assertEquals("b", table.get(b));
        assertEquals(
                Errno.EBADF, assertThrows(FsException.class, () -> table.get(a)).errno());
        assertEquals(
                Errno.EBADF,
                assertThrows(FsException.class, () -> table.remove(a)).errno());
    }

    @Test
    void shouldWaitUntilTheLastIsClosed() throws InterruptedException {
        long a = table.add("a");
        Thread waiter = new Thread(() -> {
            try {
                table.awaitEmpty(Duration.ofDays(1));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        waiter.start();
        Shell.await("it waits", () -> waiter.getState() == Thread.State.TIMED_WAITING);
        assertTimeoutPreemptively(Duration.ofMinutes(3), () -> {
            table.remove(a);
            waiter.join();
        });
    }

    @Test
    void shouldNotWaitLongerThanTold() throws InterruptedException {
        table.add("a");
        assertTimeoutPreemptively(Duration.ofMinutes(3), () -> table.awaitEmpty(Duration.ofMillis(1)));
    }
}
