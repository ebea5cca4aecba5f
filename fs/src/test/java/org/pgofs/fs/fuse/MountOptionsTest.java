package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MountOptionsTest {
    @Test
    void shouldBelongToRootAloneByDefault() {
        assertEquals(new MountOptions(0700, 0, 0), MountOptions.parse(""));
    }

    @Test
    void shouldReadWhatDebugfsReads() {
        assertEquals(new MountOptions(0755, 12, 34), MountOptions.parse("mode=0755,uid=12,gid=34"));
    }

    @Test
    void shouldTakeAllNumbersThatAnOwnerCanHave() {
        assertEquals(
                new MountOptions(0700, -2, Integer.MIN_VALUE), MountOptions.parse("uid=4294967294,gid=2147483648"));
    }

    @Test
    void shouldLetTheLastOfSeveralCount() {
        assertEquals(new MountOptions(0711, 0, 0), MountOptions.parse("mode=755,allow_other,mode=711"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mod=755",
                "ro",
                "mode=8",
                "mode=10000",
                "mode",
                "mode=",
                "uid=-1",
                "gid=x",
                "uid=4294967296",
                "gid=4294967295"
            })
    void shouldNameTheOptionThatItDoesNotAccept(String option) {
        var refused = assertThrows(IllegalArgumentException.class, () -> MountOptions.parse("uid=1," + option));
        assertTrue(refused.getMessage().contains("'" + option + "'"), refused.getMessage());
    }
}
