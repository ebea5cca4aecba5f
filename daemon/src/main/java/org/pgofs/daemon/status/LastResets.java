package org.pgofs.daemon.status;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.PerImage;
import org.pgofs.fs.Caller;

/** Who has set counts back since the daemon started, by a reset or a take. Thread-safe. */
public final class LastResets {
    private final PerImage<AtomicReference<Status.Reset>> last = new PerImage<>(image -> new AtomicReference<>());
    private final AtomicLong resets = new AtomicLong();
    private final AtomicLong takes = new AtomicLong();
    private final Clock clock;

    /**
     * None yet.
     *
     * @param clock tells when they are
     */
    public LastResets(Clock clock) {
        this.clock = clock;
    }

    /**
     * Some images were reset.
     *
     * @param images which
     * @param caller by whom
     */
    public void reset(List<Image> images, Caller caller) {
        resets.incrementAndGet();
        note(images, caller, "reset");
    }

    /**
     * Some images were taken.
     *
     * @param images which
     * @param caller by whom
     */
    public void take(List<Image> images, Caller caller) {
        takes.incrementAndGet();
        note(images, caller, "take");
    }

    private void note(List<Image> images, Caller caller, String kind) {
        Status.Reset reset = new Status.Reset(
                clock.instant().toString(), kind, Integer.toUnsignedLong(caller.user()), caller.process());
        images.forEach(image -> last.of(image).set(reset));
    }

    Optional<Status.Reset> of(Image image) {
        return Optional.ofNullable(last.of(image).get());
    }

    long resets() {
        return resets.get();
    }

    long takes() {
        return takes.get();
    }
}
