package org.pgofs.daemon.top;

import java.io.IOException;

/** The last two readings of a mount. */
final class Watch {
    private final MountReader reader;
    private final Growth growth = new Growth();
    private Reading before;
    private Reading now;

    Watch(MountReader reader) {
        this.reader = reader;
    }

    /** Reads once more. */
    void look() throws IOException {
        before = now;
        now = reader.read();
        growth.add(now);
    }

    /** Whether there are two. */
    boolean hasView() {
        return before != null;
    }

    /** What they show. */
    View view(View.Order order) {
        return View.of(before, now, growth, order);
    }
}
