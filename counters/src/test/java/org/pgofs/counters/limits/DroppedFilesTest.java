package org.pgofs.counters.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DroppedFilesTest {
    private static final int USER = 1000;

    private final DroppedFiles dropped = new DroppedFiles();

    private void add(int files, int user) {
        for (int i = 0; i < files; i++) {
            dropped.add("s-" + user + "-" + i, user, "is bad");
        }
    }

    @Test
    void shouldKnowEveryFileThatItWasTold() {
        add(DroppedFiles.KEPT_OF_USER + 10, USER);
        add(DroppedFiles.KEPT_OF_USER + 10, USER);
        assertEquals(DroppedFiles.KEPT_OF_USER, dropped.list().size());
        assertEquals(10, dropped.more());
        assertTrue(dropped.contains("s-1000-" + (DroppedFiles.KEPT_OF_USER + 9)));
        assertFalse(dropped.contains("s-1001-0"));
    }

    @Test
    void shouldForgetAtAScanWhatIsNotNamedAndGone() {
        add(DroppedFiles.KEPT_OF_USER + 10, USER);
        String there = "s-1000-" + DroppedFiles.KEPT_OF_USER;
        dropped.beginScan();
        assertTrue(dropped.contains(there));
        assertTrue(dropped.contains(there), "as often as it is asked");
        dropped.endScan();
        assertEquals(1, dropped.more());
        assertTrue(dropped.contains(there));
        assertFalse(dropped.contains("s-1000-" + (DroppedFiles.KEPT_OF_USER + 9)));
    }

    @Test
    void shouldTellOfAUserWhoFloodsAndOfNoOther() {
        add(DroppedFiles.FLOOD - 1, USER);
        add(DroppedFiles.FLOOD, 0);
        add(DroppedFiles.FLOOD, DroppedFiles.NOBODY);
        assertFalse(dropped.isFlooding(USER));
        add(DroppedFiles.FLOOD, USER);
        assertTrue(dropped.isFlooding(USER));
        assertFalse(dropped.isFlooding(DroppedFiles.NOBODY), "is no user");
        assertFalse(dropped.isFlooding(0), "root may do worse");
        assertEquals(
                List.of("user-1000"),
                dropped.list().stream()
                        .map(DroppedFile::file)
                        .filter(file -> file.startsWith("user-"))
                        .toList());
    }
}
