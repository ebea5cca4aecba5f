package org.pgofs.daemon;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.errorprone.annotations.FormatMethod;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.CounterStoreStatus;
import org.pgofs.counters.CounterStoreStatus.FailedSave;
import org.pgofs.counters.CounterStoreStatus.ImageStatus;
import org.pgofs.counters.CounterStoreStatus.StateStatus;
import org.pgofs.counters.DroppedFile;
import org.pgofs.counters.GuestStatus;
import org.pgofs.counters.Image;
import org.pgofs.counters.OverBound;
import org.pgofs.counters.Refusal;
import org.pgofs.counters.UserStatus;
import org.pgofs.counters.Variant;

/** What the store holds, in words and as JSON. */
final class StatusReport {
    private static final String COUNTING = "counting";
    private static final String WAITING = "waiting for the kernel";

    private final CounterStore store;
    private final Profiles profiles;
    private final Path mountPoint;
    private final Path segmentDirectory;

    StatusReport(CounterStore store, Profiles profiles, Path mountPoint, Path segmentDirectory) {
        this.store = store;
        this.profiles = profiles;
        this.mountPoint = mountPoint;
        this.segmentDirectory = segmentDirectory;
    }

    /** The sums over all counters of an image. One that only says whether code ran counts as 1. */
    private record Totals(int counters, int nonzero, long total) {
        static Totals of(ImageStatus status) {
            Image image = status.snapshot().image();
            ByteBuffer section = status.snapshot().counters();
            int size = Variant.counterSize(image.rawVersion());
            int times = Variant.hasTimes(image.rawVersion()) ? Long.BYTES / size : 0;
            int counters = 0;
            int nonzero = 0;
            long total = 0;
            for (int function = 0; function < image.functions(); function++) {
                for (int i = times; i < image.counters(function); i++) {
                    int at = image.countersOffset(function) + i * size;
                    long count = size == Long.BYTES ? section.getLong(at) : section.get(at) == 0 ? 1 : 0;
                    nonzero += count == 0 ? 0 : 1;
                    // Counts are not negative: a negative sum has passed the maximum.
                    total = total + count < 0 ? Long.MAX_VALUE : total + count;
                }
                counters += image.counters(function) - times;
            }
            return new Totals(counters, nonzero, total);
        }
    }

    String text() {
        CounterStoreStatus status = status();
        StringBuilder text = new StringBuilder();
        attention(status).forEach(sentence -> line(text, "attention: %s", sentence));
        line(text, "segments in %s, served at %s", segmentDirectory, mountPoint);
        line(text, "ends of programs are noticed by: %s", status.liveness().text());
        line(
                text,
                "daemons before this one, whose counts it took over: %d",
                status.state().starts() - 1);
        line(text, "images: %d", status.images().size());
        status.images().forEach(image -> append(text, image));
        notInProfraw(status)
                .forEach((file, images) -> line(text, "not in profraw: %d images, they are in %s", images, file));
        if (!status.guests().isEmpty()) {
            line(
                    text,
                    "guests: %d, looked at once a second: what one counts between the last look and a reboot is lost",
                    status.guests().size());
            status.guests()
                    .forEach(guest ->
                            line(text, "  %s %s in %s, %s", guest.name(), guest.image(), guest.memory(), state(guest)));
        }
        List<DroppedFile> dropped = dropped(status);
        line(text, "users: %d", status.users().size());
        status.users().forEach(user -> append(text, user));
        line(text, "without image file: %d", status.unidentified());
        line(
                text,
                "over bounds: %d",
                status.overBounds().stream().mapToLong(OverBound::segments).sum());
        status.overBounds()
                .forEach(over -> line(
                        text,
                        "  user %s: %d segments wait: %s",
                        Integer.toUnsignedString(over.user()),
                        over.segments(),
                        over.reason()));
        line(text, "dropped: %d", dropped.size() + status.moreDropped());
        dropped.forEach(file -> line(text, "  %s %s", file.file(), file.reason()));
        if (status.moreDropped() > 0) {
            line(text, "  and %d more", status.moreDropped());
        }
        line(
                text,
                "refused: %d",
                status.refused().values().stream().mapToLong(Long::longValue).sum());
        status.refused().forEach((refusal, count) -> line(text, "  %s: %d", refusal.text(), count));
        return text.toString();
    }

    String text(Image image) {
        StringBuilder text = new StringBuilder();
        try {
            store.status(image).ifPresent(status -> append(text, status));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void append(StringBuilder text, ImageStatus status) {
        Image image = status.snapshot().image();
        Totals totals = Totals.of(status);
        line(text, "%s", image.name());
        line(text, "  build id        %s", image.buildId().isEmpty() ? "none" : image.buildId());
        List<String> variant = Variant.words(image.rawVersion());
        line(
                text,
                "  raw version     %d%s",
                Variant.number(image.rawVersion()),
                variant.isEmpty() ? "" : ", " + String.join(", ", variant));
        line(text, "  functions       %d", image.functions());
        line(text, "  counters        %d, %d of them not 0", totals.counters, totals.nonzero);
        if (status.belowZero() > 0) {
            line(text, "  below 0         %d counters, served as 0", status.belowZero());
        }
        line(text, "  total count     %d", totals.total);
        String pids = status.livePids().stream().map(String::valueOf).collect(Collectors.joining(" "));
        line(text, "  live processes  %d%s", status.livePids().size(), pids.isEmpty() ? "" : ": " + pids);
        line(text, "  ended processes %d", status.ended());
    }

    private static Map<String, Long> notInProfraw(CounterStoreStatus status) {
        return PgoTree.notInProfraw(
                status.images().stream().map(image -> image.snapshot().image()).toList());
    }

    /** What somebody should look after, a sentence each. */
    private List<String> attention(CounterStoreStatus status) {
        List<String> sentences = new ArrayList<>();
        StateStatus state = status.state();
        state.failedSave()
                .ifPresent(failed -> sentences.add("counts cannot be saved since " + failed.since() + ", "
                        + failed.reason() + ": they are kept in memory, and resets and takes fail until they can"));
        store.shortages()
                .shortage()
                .ifPresent(shortage -> sentences.add("the daemon had not enough memory " + shortage.count()
                        + " times, the last time at " + shortage.last() + ": what was wanted then failed, and can be"
                        + " tried again"));
        for (DroppedFile file : state.setAside()) {
            Path path = segmentDirectory.resolve(".state").resolve(file.file());
            sentences.add(path + " " + file.reason());
        }
        addSegments(sentences, state.deleted(), "were deleted: they count as long as this daemon runs");
        addSegments(sentences, state.truncated(), "were truncated: what is missing counts as 0");
        long refused =
                status.refused().values().stream().mapToLong(Long::longValue).sum();
        if (refused > 0) {
            sentences.add("a program or library could not publish its counters, " + refused
                    + " times since the last reset: see refused");
        }
        int dropped = dropped(status).size();
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

    private static String state(GuestStatus guest) {
        return (guest.counting() ? COUNTING : WAITING) + ", rebooted " + guest.reboots() + " times";
    }

    private static void append(StringBuilder text, UserStatus user) {
        line(
                text,
                "  user %s: %d live segments of %d bytes, %d images that take %d bytes",
                Integer.toUnsignedString(user.user()),
                user.segments(),
                user.segmentBytes(),
                user.images(),
                user.memory());
    }

    @FormatMethod
    private static void line(StringBuilder text, String format, Object... arguments) {
        text.append(String.format(format, arguments)).append('\n');
    }

    String json() {
        CounterStoreStatus status = status();
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("mount", mountPoint.toString());
            json.writeStringField("segment_dir", segmentDirectory.toString());
            json.writeStringField("liveness", status.liveness().text());
            json.writeArrayFieldStart("attention");
            for (String sentence : attention(status)) {
                json.writeString(sentence);
            }
            json.writeEndArray();
            writeState(json, status.state());
            json.writeArrayFieldStart("images");
            for (ImageStatus image : status.images()) {
                write(json, image);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("not_in_profraw");
            for (Map.Entry<String, Long> file : notInProfraw(status).entrySet()) {
                json.writeNumberField(file.getKey(), file.getValue());
            }
            json.writeEndObject();
            write(json, status.users());
            json.writeNumberField("without_image_file", status.unidentified());
            writeOverBounds(json, status.overBounds());
            json.writeArrayFieldStart("dropped");
            for (DroppedFile file : dropped(status)) {
                json.writeStartObject();
                json.writeStringField("file", file.file());
                json.writeStringField("reason", file.reason());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("more_dropped", status.moreDropped());
            json.writeObjectFieldStart("refused");
            for (Map.Entry<Refusal, Long> refusal : status.refused().entrySet()) {
                json.writeNumberField(refusal.getKey().text(), refusal.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("guests");
            for (GuestStatus guest : status.guests()) {
                json.writeStartObject();
                json.writeStringField("name", guest.name());
                json.writeStringField("image", guest.image());
                json.writeStringField("memory", guest.memory().toString());
                json.writeStringField("state", guest.counting() ? COUNTING : WAITING);
                json.writeNumberField("reboots", guest.reboots());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + "\n";
    }

    private static void write(JsonGenerator json, List<UserStatus> users) throws IOException {
        json.writeArrayFieldStart("users");
        for (UserStatus user : users) {
            json.writeStartObject();
            json.writeNumberField("uid", Integer.toUnsignedLong(user.user()));
            json.writeNumberField("live_segments", user.segments());
            json.writeNumberField("segment_bytes", user.segmentBytes());
            json.writeNumberField("images", user.images());
            json.writeNumberField("memory_bytes", user.memory());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeOverBounds(JsonGenerator json, List<OverBound> overBounds) throws IOException {
        json.writeArrayFieldStart("over_bounds");
        for (OverBound over : overBounds) {
            json.writeStartObject();
            json.writeNumberField("uid", Integer.toUnsignedLong(over.user()));
            json.writeStringField("reason", over.reason());
            json.writeNumberField("segments", over.segments());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeState(JsonGenerator json, StateStatus state) throws IOException {
        json.writeObjectFieldStart("state");
        json.writeNumberField("daemons_before", state.starts() - 1);
        if (state.failedSave().isPresent()) {
            FailedSave failed = state.failedSave().get();
            json.writeStringField("cannot_save_since", failed.since().toString());
            json.writeStringField("cannot_save_because", failed.reason());
        }
        json.writeArrayFieldStart("set_aside");
        for (DroppedFile file : state.setAside()) {
            json.writeStartObject();
            json.writeStringField("file", file.file());
            json.writeStringField("reason", file.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("deleted_segments", state.deleted().size());
        json.writeNumberField("truncated_segments", state.truncated().size());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ImageStatus status) throws IOException {
        Image image = status.snapshot().image();
        Totals totals = Totals.of(status);
        json.writeStartObject();
        json.writeStringField("name", image.name());
        json.writeStringField("build_id", image.buildId());
        json.writeNumberField("raw_version", Variant.number(image.rawVersion()));
        json.writeStringField("variant", String.join("-", Variant.words(image.rawVersion())));
        json.writeNumberField("functions", image.functions());
        json.writeNumberField("counters", totals.counters);
        json.writeNumberField("nonzero_counters", totals.nonzero);
        if (status.belowZero() > 0) {
            json.writeNumberField("counters_below_0", status.belowZero());
        }
        json.writeNumberField("total_count", totals.total);
        json.writeArrayFieldStart("live_processes");
        for (int pid : status.livePids()) {
            json.writeNumber(pid);
        }
        json.writeEndArray();
        json.writeNumberField("ended_processes", status.ended());
        json.writeEndObject();
    }

    /** What the store dropped, and what of images the raw profiles cannot hold. */
    private List<DroppedFile> dropped(CounterStoreStatus status) {
        List<DroppedFile> dropped = new ArrayList<>(status.dropped());
        for (ImageStatus imageStatus : status.images()) {
            Image image = imageStatus.snapshot().image();
            imageStatus.problems().forEach(problem -> dropped.add(new DroppedFile(image.name(), problem)));
            int number = Variant.number(image.rawVersion());
            if (!Profiles.canWrite(image)) {
                dropped.add(new DroppedFile(image.name(), "has raw version " + number + ", which cannot be written"));
            } else if (!profiles.leavesOut(image).isEmpty()) {
                dropped.add(new DroppedFile(
                        image.name(),
                        "the raw version that was asked for has no room for its "
                                + String.join(", ", profiles.leavesOut(image))));
            }
        }
        return dropped;
    }

    private CounterStoreStatus status() {
        try {
            return store.status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
