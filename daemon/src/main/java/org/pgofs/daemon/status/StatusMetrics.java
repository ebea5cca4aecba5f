package org.pgofs.daemon.status;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A status in numbers, in Prometheus' text format 0.0.4: that of promtool and of node_exporter's textfile collector,
 * which do not read OpenMetrics. What a reset sets to 0 is a gauge.
 */
final class StatusMetrics {
    private static final String PREFIX = "pgofs_";
    private static final double MICROS = TimeUnit.SECONDS.toMicros(1);
    private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);

    private final MetricSnapshots.Builder metrics = MetricSnapshots.builder();

    private StatusMetrics() {}

    static String of(Status status) {
        StatusMetrics metrics = new StatusMetrics();
        metrics.addDaemon(status);
        metrics.addDirectory(status);
        metrics.addImages(status.images());
        metrics.addTrouble(status);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(text, metrics.metrics.build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private void addDaemon(Status status) {
        Status.Daemon daemon = status.daemon();
        metrics.metricSnapshot(InfoSnapshot.builder()
                .name(PREFIX + "build")
                .help("The version of the daemon.")
                .dataPoint(InfoDataPointSnapshot.builder()
                        .labels(Labels.of("version", daemon.version()))
                        .build())
                .build());
        gauge("start_time_seconds", "When the daemon began to serve, in seconds since 1970.", seconds(daemon.since()));
        gauge("heap_used_bytes", "What the daemon uses of its Java heap.", daemon.heapBytes());
        gauge("heap_max_bytes", "How large the daemon's Java heap may become.", daemon.maxHeapBytes());
        Status.Work work = status.work();
        counter("resets", "Resets since the daemon started.", work.resets());
        counter("takes", "Takes since the daemon started.", work.takes());
        gauge(
                "last_take_number",
                "The number of the last take; it goes on over restarts.",
                status.takes().last());
        each(
                "kept_take_number",
                "The number of the last take whose counts somebody had before it was committed.",
                status.takes().keepers().entrySet(),
                keeper -> Labels.of("keeper", keeper.getKey()),
                keeper -> keeper.getValue());
        metrics.metricSnapshot(SummarySnapshot.builder()
                .name(PREFIX + "freeze_duration_seconds")
                .help("Readings of counts for whoever opened a profile, without takes; one holds up all others.")
                .dataPoint(SummaryDataPointSnapshot.builder()
                        .count(work.freezes())
                        .sum(work.freezeMicros() / MICROS)
                        .build())
                .build());
        gauge("freeze_longest_seconds", "The longest of these readings.", work.longestFreezeMicros() / MICROS);
    }

    private void addDirectory(Status status) {
        gauge(
                "directory_used_bytes",
                "What is in use of the segment directory's file system.",
                status.directory().bytes());
        gauge(
                "directory_size_bytes",
                "The size of the segment directory's file system.",
                status.directory().sizeBytes());
        each("live_segments", "Segments of running programs.", status.users(), this::user, Status.User::liveSegments);
        each(
                "live_segment_bytes",
                "Sizes of the segments of running programs.",
                status.users(),
                this::user,
                Status.User::segmentBytes);
        each(
                "image_memory_bytes",
                "What images take up in the daemon.",
                status.users(),
                this::user,
                Status.User::memoryBytes);
        Status.Backlog backlog = status.backlog();
        gauge("backlog_segments", "Segments of ended programs that are not saved and deleted yet.", backlog.segments());
        gauge("backlog_bytes", "Sizes of these segments.", backlog.bytes());
        gauge("backlog_age_seconds", "For how long there have been such segments.", backlog.ageMillis() / MILLIS);
    }

    private void addImages(List<Status.Image> images) {
        gauge("images", "Executables and shared libraries that have processes or counts.", images.size());
        image("functions", "Instrumented functions.", images, Status.Image::functions);
        image("counters", "Counters.", images, Status.Image::counters);
        image("nonzero_counters", "Counters that are not 0.", images, Status.Image::nonzeroCounters);
        image("counts", "What all counters have counted since the last reset.", images, Status.Image::totalCount);
        image("live_processes", "Running processes.", images, image -> image.liveProcesses()
                .size());
        image("ended_processes", "Processes that ended since the last reset.", images, Status.Image::endedProcesses);
        image(
                "counters_below_zero",
                "Counters that are served as 0 since the program set them back.",
                images,
                image -> orNone(image.countersBelow0()));
        image(
                "approximate_value_sites",
                "Value sites at which the compiler's runtime may have replaced rare values since the last reset.",
                images,
                image -> orNone(image.approximateValueSites()));
    }

    private static int orNone(Integer number) {
        return number == null ? 0 : number;
    }

    private void addTrouble(Status status) {
        gauge(
                "attention",
                "Lines of the status that begin with attention.",
                status.attention().size());
        gauge(
                "dropped",
                "Files and parts of images that are left out.",
                status.dropped().size() + status.moreDropped());
        each(
                "refused",
                "Images that could not publish since the last reset of all.",
                status.refused().entrySet(),
                refused -> Labels.of("reason", refused.getKey()),
                refused -> refused.getValue());
        each(
                "over_bounds_segments",
                "Segments that wait for room.",
                status.overBounds(),
                over -> Labels.of("reason", over.reason(), "uid", Long.toString(over.uid())),
                Status.OverBound::segments);
        gauge("without_image_file_segments", "Segments without an image file.", status.withoutImageFile());
        Status.State state = status.state();
        gauge("deleted_segments", "Segments that were deleted though their program runs.", state.deletedSegments());
        gauge(
                "truncated_segments",
                "Segments that were truncated though their program runs.",
                state.truncatedSegments());
        gauge(
                "set_aside_files",
                "Files of the state that are damaged or missing.",
                state.setAside().size());
        gauge("save_failing", "1 if counts cannot be saved now.", state.cannotSaveSince() == null ? 0 : 1);
        if (state.savedAt() != null) {
            gauge("last_save_timestamp_seconds", "When counts were saved last.", seconds(state.savedAt()));
        }
    }

    private Labels user(Status.User user) {
        return Labels.of("uid", Long.toString(user.uid()));
    }

    private static double seconds(String instant) {
        return Instant.parse(instant).toEpochMilli() / MILLIS;
    }

    private void image(String name, String help, List<Status.Image> images, ToDoubleFunction<Status.Image> value) {
        each("image_" + name, help, images, image -> Labels.of("image", image.name()), value);
    }

    private void gauge(String name, String help, long value) {
        gauge(name, help, (double) value);
    }

    private void gauge(String name, String help, double value) {
        each(name, help, List.of(value), one -> Labels.EMPTY, one -> one);
    }

    private <T> void each(
            String name, String help, Collection<T> things, Function<T, Labels> labels, ToDoubleFunction<T> value) {
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name(PREFIX + name).help(help);
        things.forEach(thing -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(labels.apply(thing))
                .value(value.applyAsDouble(thing))
                .build()));
        metrics.metricSnapshot(gauge.build());
    }

    private void counter(String name, String help, long value) {
        metrics.metricSnapshot(CounterSnapshot.builder()
                .name(PREFIX + name)
                .help(help)
                .dataPoint(
                        CounterDataPointSnapshot.builder().value((double) value).build())
                .build());
    }
}
