package org.pgofs.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What a daemon holds at one moment.
 *
 * @param residentKib its memory, heap and all, in KiB
 * @param threads the number of its threads
 * @param descriptors the number of its open files
 * @param segmentFiles the number of files in the segment directory
 */
record DaemonSample(long residentKib, long threads, long descriptors, long segmentFiles) {
    static DaemonSample of(PgofsMount mount) throws IOException {
        Path process = Path.of("/proc/" + mount.daemon().pid());
        String status = Files.readString(process.resolve("status"), StandardCharsets.ISO_8859_1);
        return new DaemonSample(
                field(status, "VmRSS:"),
                field(status, "Threads:"),
                entries(process.resolve("fd")),
                entries(mount.segments()));
    }

    private static long field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static long entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.count();
        }
    }

    static long median(List<DaemonSample> samples, ToLongFunction<DaemonSample> field) {
        return samples.stream()
                .mapToLong(field)
                .sorted()
                .skip(samples.size() / 2)
                .findFirst()
                .orElseThrow();
    }
}
