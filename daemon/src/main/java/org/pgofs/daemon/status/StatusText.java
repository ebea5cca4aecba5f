package org.pgofs.daemon.status;

import com.google.errorprone.annotations.FormatMethod;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A status for people, line by line. */
final class StatusText {
    private final StringBuilder text = new StringBuilder();

    private StatusText() {}

    static String of(Status status) {
        StatusText text = new StatusText();
        text.add(status);
        return text.text.toString();
    }

    static String of(Status.Image image) {
        StatusText text = new StatusText();
        text.add(image);
        return text.text.toString();
    }

    private void add(Status status) {
        status.attention().forEach(sentence -> line("attention: %s", sentence));
        line("segments in %s, served at %s", status.segmentDir(), status.mount());
        line("directory: %d bytes are in use", status.directory().bytes());
        line(
                "daemon: pgofs %s, process %d, since %s",
                status.daemon().version(),
                status.daemon().pid(),
                status.daemon().since());
        line(
                "since then: %d resets, %d takes, %d freezes, %d us the longest",
                status.work().resets(),
                status.work().takes(),
                status.work().freezes(),
                status.work().longestFreezeMicros());
        line(
                "takes: %s",
                status.takes().last() == 0
                        ? "none yet"
                        : "the last has number " + status.takes().last() + " of "
                                + status.takes().store());
        if (status.takes().all() != null) {
            line("  of all images: %s", text(status.takes().all()));
        }
        status.takes().keepers().forEach((keeper, number) -> line("  kept by %s: number %d", keeper, number));
        line("ends of programs are noticed by: %s", status.liveness());
        line(
                "daemons before this one, whose counts it took over: %d",
                status.state().daemonsBefore());
        line("images: %d", status.images().size());
        status.images().forEach(this::add);
        status.notInProfraw()
                .forEach((file, images) -> line("not in profraw: %d images, they are in %s", images, file));
        if (status.mergedInProfdata() > 0) {
            line(
                    "merged in profdata: %d functions, which have name and hash of one of another image",
                    status.mergedInProfdata());
        }
        addGuests(status.guests());
        if (status.kernel() != null) {
            add(status.kernel());
        }
        if (status.stock() != null) {
            add(status.stock());
        }
        if (status.profiles() != null) {
            add(status.profiles());
        }
        line("users: %d", status.users().size());
        status.users().forEach(this::add);
        line(
                "backlog: %d segments of %d bytes of ended programs, %d bytes at most were left",
                status.backlog().segments(),
                status.backlog().bytes(),
                status.backlog().mostBytesLeft());
        line("without image file: %d", status.withoutImageFile());
        line("over bounds: %d", sum(status.overBounds().stream().map(Status.OverBound::segments)));
        status.overBounds()
                .forEach(over -> line("  user %d: %d segments wait: %s", over.uid(), over.segments(), over.reason()));
        line("dropped: %d", status.dropped().size() + status.moreDropped());
        status.dropped().forEach(file -> line("  %s %s", file.file(), file.reason()));
        if (status.moreDropped() > 0) {
            line("  and %d more", status.moreDropped());
        }
        line("refused: %d", sum(status.refused().values().stream()));
        status.refused().forEach((reason, count) -> line("  %s: %d", reason, count));
    }

    private void add(Status.Image image) {
        line("%s", image.name());
        if (image.program() != null) {
            line("  program         %s", image.program());
        }
        if (image.machine() != null) {
            line("  machine         %s", image.machine());
        }
        line("  build id        %s", image.buildId().isEmpty() ? "none" : image.buildId());
        line(
                "  raw version     %d%s",
                image.rawVersion(),
                image.variant().isEmpty() ? "" : ", " + image.variant().text());
        line("  profdata        indexed version %d", image.indexedVersion());
        line("  functions       %d", image.functions());
        line("  counters        %d, %d of them not 0", image.counters(), image.nonzeroCounters());
        if (image.countersBelow0() != null) {
            line("  below 0         %d counters, served as 0", image.countersBelow0());
        }
        if (image.approximateValueSites() != null) {
            line(
                    "  approximate     the values of %d sites: the compiler's runtime may have replaced rare ones",
                    image.approximateValueSites());
        }
        line("  total count     %d", image.totalCount());
        String pids = image.liveProcesses().stream().map(String::valueOf).collect(Collectors.joining(" "));
        line("  live processes  %d%s", image.liveProcesses().size(), pids.isEmpty() ? "" : ": " + pids);
        line("  ended processes %d", image.endedProcesses());
        line("  counts since    %s", image.since());
        if (image.lastTake() != null) {
            line("  last take       %s", text(image.lastTake()));
        }
        line(
                "  last reset      %s",
                image.lastReset() == null ? "none since the daemon started" : text(image.lastReset()));
        if (image.history() != null) {
            line("  watched         %s", image.history().text());
        }
    }

    private static String text(Status.Take take) {
        return "number " + take.number() + ", at " + take.at();
    }

    private static String text(Status.Reset reset) {
        return reset.at() + ", by a " + reset.kind() + " of user " + reset.uid()
                + (reset.pid() == 0 ? "" : ", process " + reset.pid());
    }

    private void addGuests(List<Status.Guest> guests) {
        if (!guests.isEmpty()) {
            line(
                    "guests: %d, sampled once a second: counts between the last sample and a reboot are lost",
                    guests.size());
        }
        guests.forEach(guest -> line(
                "  %s %s in %s, %s, rebooted %d times",
                guest.name(), guest.image(), guest.memory(), guest.state(), guest.reboots()));
    }

    private void add(Status.Kernel kernel) {
        line(
                "kernel of this machine: %d images, read when their counts are wanted and not for this status",
                kernel.loaded().size());
        kernel.loaded()
                .forEach(loaded -> line("  %s is %s, read last at %s", loaded.name(), loaded.image(), loaded.read()));
        kernel.notRead().forEach(module -> line("  %s %s", module.file(), module.reason()));
    }

    private void add(Status.Stock stock) {
        line(
                "processes that are read: %d, looked at every %d ms (%s, found by %s): what one counts between the last look"
                        + " and its end is lost",
                stock.processes().size(), stock.intervalMs(), stock.lookedFor(), stock.foundBy());
        for (Status.Attached process : stock.processes()) {
            line(
                    "  %d of user %d: %s",
                    process.pid(),
                    process.uid(),
                    process.images().isEmpty() ? "nothing" : String.join(", ", process.images()));
            process.problems().forEach(problem -> line("    %s", problem));
        }
    }

    private void add(Status.Profiles profiles) {
        line(
                "profiles that programs wrote: %d taken in, %d refused, %d wait; in %d directories",
                profiles.taken(),
                sum(profiles.refused().values().stream()),
                sum(profiles.waiting().values().stream()),
                profiles.directories());
        profiles.refused().forEach((reason, count) -> line("  %d refused: %s", count, reason));
        profiles.waiting().forEach((reason, count) -> line("  %d wait: %s", count, reason));
    }

    private void add(Status.User user) {
        line(
                "  user %d: %d live segments of %d bytes, %d images that take %d bytes",
                user.uid(), user.liveSegments(), user.segmentBytes(), user.images(), user.memoryBytes());
    }

    private static long sum(Stream<Long> numbers) {
        return numbers.mapToLong(Long::longValue).sum();
    }

    @FormatMethod
    private void line(String format, Object... arguments) {
        text.append(String.format(format, arguments)).append('\n');
    }
}
