package org.pgofs.daemon;

import java.nio.charset.StandardCharsets;
import org.pgofs.fs.fuse.MountOptions;

/** The options of a mount. */
public final class MountOptionsFuzz {
    private MountOptionsFuzz() {}

    /**
     * Tries some.
     *
     * @param input the argument of {@code -o}, or of {@code --limits}
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String options = new String(input, StandardCharsets.UTF_8);
        try {
            MountOptions.parse(BoundsOptions.others(options));
            BoundsOptions.users(options);
        } catch (IllegalArgumentException e) {
            requireMessage(e);
        }
        try {
            BoundsOptions.limits(BoundsOptions.standard().user(), options);
        } catch (IllegalArgumentException e) {
            requireMessage(e);
        }
    }

    private static void requireMessage(IllegalArgumentException e) {
        if (!e.getMessage().contains("'")) {
            throw new AssertionError(e);
        }
    }
}
