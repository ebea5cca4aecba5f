package org.pgofs.counters.written;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgofs.counters.written.ProfileShares.Amount;

final class ProfileSharesTest {
    private static final Amount NOTHING = new Amount(0, 0);
    private static final int LEAST_BYTES = 1 << 16;
    private static final int LEAST_FILES = 8;

    private final ProfileShares shares = new ProfileShares(new Amount(1000 * LEAST_BYTES, 1000));

    @Test
    void shouldGiveAllToTheOnlyDirectoryOfAUser() {
        assertEquals(new Amount(1000 * LEAST_BYTES, 1000), shares.of("a", 1, NOTHING));
        assertEquals(new Amount(1000 * LEAST_BYTES, 1000), shares.of("b", 2, NOTHING));
        assertEquals(new Amount(1000 * LEAST_BYTES, 1000), shares.of("a", 1, new Amount(5 * LEAST_BYTES, 7)));
    }

    @Test
    void shouldShareOutWhatIsNotUsed() {
        shares.of("a", 1, new Amount(200 * LEAST_BYTES, 100));
        assertEquals(new Amount(400 * LEAST_BYTES, 450), shares.of("b", 1, NOTHING));
        assertEquals(new Amount(600 * LEAST_BYTES, 550), shares.of("a", 1, new Amount(200 * LEAST_BYTES, 100)));
        shares.retain(List.of("b"));
        assertEquals(new Amount(1000 * LEAST_BYTES, 1000), shares.of("b", 1, NOTHING));
    }

    @Test
    void shouldBoundWhatIsLeftOfNothing() {
        shares.of("a", 1, new Amount(1000 * LEAST_BYTES, 1000));
        assertEquals(new Amount(LEAST_BYTES, LEAST_FILES), shares.of("b", 1, NOTHING));
    }
}
