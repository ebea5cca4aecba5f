package org.pgofs.daemon.status;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.CounterStoreStatus;
import org.pgofs.counters.CounterStoreStatus.FailedSave;
import org.pgofs.counters.CounterStoreStatus.ImageStatus;
import org.pgofs.counters.CounterStoreStatus.StateStatus;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.guest.GuestStatus;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.kernel.KernelStatus;
import org.pgofs.counters.limits.DroppedFile;
import org.pgofs.counters.process.ProcessesStatus;
import org.pgofs.counters.state.TakeNumbers;
import org.pgofs.counters.state.TakeNumbers.NumberedTake;
import org.pgofs.counters.written.FilesStatus;
import org.pgofs.daemon.history.Histories;
import org.pgofs.daemon.json.RecordJson;

/** What the store holds, in words and as JSON. */
public final class StatusReport {
    /** The scope of takes of all images at once. No image has this name. */
    public static final String ALL_IMAGES = "all";

    private final Instant since = Instant.now();
    /** Read at the start: an upgrade replaces it. */
    private final String version = new Version().number();

    private final CounterStore store;
    private final Served served;
    private final LastResets lastResets;
    private final Histories histories;
    private final Path mountPoint;
    private final Path segmentDirectory;

    /** What the files of profiles have, and what not. */
    public interface Served {
        /**
         * What of an image its profiles do not have.
         *
         * @param image the image
         * @return words that follow its name; empty if they have all
         */
        List<String> leftOut(Image image);

        /**
         * How many images are in another file than profraw.
         *
         * @param images all images
         * @return by that file
         */
        Map<String, Long> notInProfraw(List<Image> images);

        /**
         * How many functions profdata has merged into those of other images.
         *
         * @param images all images
         * @return 0 or more
         */
        long merged(List<Image> images);

        /**
         * The version of an image's indexed profile.
         *
         * @param image the image
         * @return its number
         */
        int indexedVersion(Image image);
    }

    /**
     * Reports of a store.
     *
     * @param store the store
     * @param served what is served of it
     * @param lastResets who has set counts back
     * @param histories how profiles grow while somebody watches
     * @param mountPoint where the store is served
     * @param segmentDirectory where its counts come from
     */
    public StatusReport(
            CounterStore store,
            Served served,
            LastResets lastResets,
            Histories histories,
            Path mountPoint,
            Path segmentDirectory) {
        this.store = store;
        this.served = served;
        this.lastResets = lastResets;
        this.histories = histories;
        this.mountPoint = mountPoint;
        this.segmentDirectory = segmentDirectory;
    }

    /**
     * All of it, for people.
     *
     * @return lines
     */
    public String text() {
        return StatusText.of(status());
    }

    /**
     * All of it, for programs.
     *
     * @return one JSON object, and the end of a line
     */
    public String json() {
        return RecordJson.of(status());
    }

    /**
     * All of it in numbers, for monitoring.
     *
     * @return in the form of OpenMetrics 1.0
     */
    public String metrics() {
        return StatusMetrics.of(status());
    }

    /**
     * One image, for people.
     *
     * @param image the image
     * @return lines; nothing if the store has forgotten it
     */
    public String text(Image image) {
        try {
            return store.status(image).map(this::image).map(StatusText::of).orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Status status() {
        try {
            return status(store.status());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Status status(CounterStoreStatus status) throws IOException {
        List<Status.File> dropped = dropped(status);
        List<Image> images = status.images().stream().map(ImageStatus::image).toList();
        Map<String, Long> refused = new LinkedHashMap<>();
        status.refused().forEach((refusal, count) -> refused.put(refusal.text(), count));
        return new Status(
                daemon(),
                mountPoint.toString(),
                segmentDirectory.toString(),
                directory(),
                status.liveness().text(),
                attention(status, dropped.size()),
                state(status.state()),
                status.images().stream().map(this::image).toList(),
                served.notInProfraw(images),
                served.merged(images),
                status.users().stream()
                        .map(user -> new Status.User(
                                Integer.toUnsignedLong(user.user()),
                                user.segments(),
                                user.segmentBytes(),
                                user.images(),
                                user.memory()))
                        .toList(),
                new Status.Backlog(
                        status.backlog().segments(),
                        status.backlog().bytes(),
                        status.backlog().mostBytesLeft(),
                        TimeUnit.NANOSECONDS.toMillis(status.backlog().age())),
                status.unidentified(),
                status.overBounds().stream()
                        .map(over -> new Status.OverBound(
                                Integer.toUnsignedLong(over.user()), over.reason(), over.segments()))
                        .toList(),
                dropped,
                status.moreDropped(),
                refused,
                status.guests().stream().map(StatusReport::guest).toList(),
                kernel(status.kernel()),
                stock(status.processes()),
                profiles(status.files()),
                takes(status.takes()),
                new Status.Work(
                        lastResets.resets(),
                        lastResets.takes(),
                        status.freezes().count(),
                        TimeUnit.NANOSECONDS.toMicros(status.freezes().nanos()),
                        TimeUnit.NANOSECONDS.toMicros(status.freezes().longest())));
    }

    private static Status.Takes takes(TakeNumbers takes) {
        return new Status.Takes(
                takes.store(),
                takes.last(),
                takes.of(ALL_IMAGES).map(StatusReport::take).orElse(null),
                takes.ofKeepers());
    }

    private static Status.Take take(NumberedTake take) {
        return new Status.Take(take.number(), take.at().toString());
    }

    private static Status.Profiles profiles(FilesStatus files) {
        boolean none = files.directories() == 0
                && files.taken() == 0
                && files.refused().isEmpty();
        return none ? null : new Status.Profiles(files.directories(), files.taken(), files.refused(), files.waiting());
    }

    private static Status.Stock stock(ProcessesStatus processes) {
        if (!processes.all() && processes.processes().isEmpty()) {
            return null;
        }
        return new Status.Stock(
                processes.all() ? "all that there are" : "those that were attached",
                processes.foundBy(),
                processes.intervalMs(),
                processes.processes().stream()
                        .map(process -> new Status.Attached(
                                process.pid(),
                                Integer.toUnsignedLong(process.user()),
                                process.images(),
                                process.problems()))
                        .toList());
    }

    private Status.Daemon daemon() {
        Runtime java = Runtime.getRuntime();
        return new Status.Daemon(
                ProcessHandle.current().pid(),
                version,
                since.toString(),
                java.totalMemory() - java.freeMemory(),
                java.maxMemory());
    }

    private Status.Directory directory() throws IOException {
        FileStore directory = Files.getFileStore(segmentDirectory);
        long size = directory.getTotalSpace();
        return new Status.Directory(size - directory.getUnallocatedSpace(), size);
    }

    private Status.Image image(ImageStatus status) {
        Image image = status.image();
        return new Status.Image(
                image.name(),
                status.program().map(StatusReport::printable).orElse(null),
                image.processor() == Processor.X86_64 ? null : image.processor().toString(),
                image.buildId(),
                Variant.version(image.rawVersion()),
                served.indexedVersion(image),
                new Words(Variant.words(image.rawVersion())),
                image.functions(),
                status.totals().counters(),
                status.totals().nonzero(),
                unlessNone(status.belowZero()),
                unlessNone(status.approximateSites()),
                status.totals().total(),
                status.livePids(),
                status.ended(),
                seconds(status.times().firstSeen()),
                seconds(status.times().since()),
                status.lastTake().map(StatusReport::take).orElse(null),
                lastResets.of(image).orElse(null),
                histories.progress(image).orElse(null));
    }

    private static Integer unlessNone(int number) {
        return number > 0 ? number : null;
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** What a program says of itself may be anything, and ends in a terminal. */
    private static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static Status.Kernel kernel(KernelStatus kernel) {
        return kernel.loaded().isEmpty()
                ? null
                : new Status.Kernel(
                        kernel.loaded().stream()
                                .map(loaded -> new Status.Loaded(
                                        loaded.name(),
                                        loaded.image(),
                                        loaded.read().toString()))
                                .toList(),
                        kernel.notRead().entrySet().stream()
                                .map(module -> new Status.File(module.getKey(), module.getValue()))
                                .toList());
    }

    private static Status.Guest guest(GuestStatus guest) {
        return new Status.Guest(
                guest.name(),
                guest.image(),
                guest.memory().toString(),
                guest.counting() ? "counting" : "waiting for the kernel",
                guest.reboots());
    }

    private static Status.State state(StateStatus state) {
        return new Status.State(
                state.starts() - 1,
                state.lastSave().map(Instant::toString).orElse(null),
                state.failedSave().map(failed -> failed.since().toString()).orElse(null),
                state.failedSave().map(FailedSave::reason).orElse(null),
                state.setAside().stream().map(StatusReport::file).toList(),
                state.deleted().size(),
                state.truncated().size());
    }

    private static Status.File file(DroppedFile file) {
        return new Status.File(file.file(), file.reason());
    }

    /** What the store dropped, and what of images the raw profiles cannot hold. */
    private List<Status.File> dropped(CounterStoreStatus status) {
        List<Status.File> dropped = new ArrayList<>();
        status.dropped().forEach(file -> dropped.add(file(file)));
        for (ImageStatus image : status.images()) {
            String name = image.image().name();
            image.problems().forEach(problem -> dropped.add(new Status.File(name, problem)));
            served.leftOut(image.image()).forEach(problem -> dropped.add(new Status.File(name, problem)));
        }
        return dropped;
    }

    private List<String> attention(CounterStoreStatus status, int dropped) {
        List<String> sentences = new ArrayList<>();
        StateStatus state = status.state();
        state.failedSave()
                .ifPresent(failed -> sentences.add("counts cannot be saved since " + failed.since() + ", "
                        + failed.reason() + ": they are kept in memory, and resets and takes fail until they can"));
        store.shortages()
                .shortage()
                .ifPresent(shortage -> sentences.add("the daemon had not enough memory " + shortage.count()
                        + " times, the last time at " + shortage.last() + ": those requests failed, and can be"
                        + " tried again"));
        if (!status.kernel().problem().isEmpty()) {
            sentences.add("the kernel of this machine: " + status.kernel().problem());
        }
        for (DroppedFile file : state.setAside()) {
            Path path = segmentDirectory.resolve(".state").resolve(file.file());
            sentences.add(path + " " + file.reason());
        }
        addSegments(sentences, state.deleted(), "were deleted: they count as long as this daemon runs");
        addSegments(sentences, state.truncated(), "were truncated: missing counters count as 0");
        long refused =
                status.refused().values().stream().mapToLong(Long::longValue).sum();
        if (refused > 0) {
            sentences.add("a program or library could not publish its counters, " + refused
                    + " times since the last reset: see refused");
        }
        if (dropped > 0) {
            sentences.add(dropped + " files or parts of images are left out: see dropped");
        }
        return sentences;
    }

    private static void addSegments(List<String> sentences, List<String> names, String what) {
        if (!names.isEmpty()) {
            sentences.add(
                    names.size() + " segments of running programs " + what + " (the first is " + names.get(0) + ")");
        }
    }
}
