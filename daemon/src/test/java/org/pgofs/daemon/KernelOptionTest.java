package org.pgofs.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KernelOptionTest {
    @Test
    void shouldLeaveOutTheKernelThatIsNotWanted() {
        assertTrue(KernelOption.isWanted(""));
        assertTrue(KernelOption.isWanted("mode=0755,kernel=yes"));
        assertFalse(KernelOption.isWanted("mode=0755,kernel=no,users=7"));
        assertEquals("mode=0755,users=7", KernelOption.others("mode=0755,kernel=no,users=7"));
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> KernelOption.isWanted("kernel=maybe"));
        assertEquals("mount option 'kernel=maybe' is neither kernel=yes nor kernel=no", refusal.getMessage());
    }
}
