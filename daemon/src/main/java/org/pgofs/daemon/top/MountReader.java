package org.pgofs.daemon.top;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.pgofs.counters.format.Variant;
import org.pgofs.daemon.client.ImageFilter;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.history.Progress;
import org.pgofs.daemon.history.Watched;
import org.pgofs.daemon.json.JsonTree;
import org.pgofs.daemon.live.CountersFile;
import org.pgofs.daemon.live.LiveCounters;
import org.pgofs.profraw.MalformedProfileException;
import org.pgofs.profraw.ParsedProfile;
import org.pgofs.profraw.RawProfileReader;

/** Reads the counters of a mount again and again, and once what says whose they are. */
final class MountReader {
    private static final long BETWEEN_LOOKS = TimeUnit.SECONDS.toNanos(5);

    private final ServedMount mount;
    private final Path path;
    private final ImageFilter choice;
    /** By the numbers that the daemon has for images. */
    private final Map<Long, Optional<ImageRecords>> records = new HashMap<>();

    private final Map<String, Integer> sizes = new HashMap<>();
    private Set<String> images = Set.of();
    private Progress progress;
    private long looked;

    /**
     * Reads nothing yet.
     *
     * @param choice the images that are read
     */
    MountReader(ServedMount mount, ImageFilter choice) throws IOException {
        this.mount = mount;
        path = mount.path();
        this.choice = choice;
    }

    /**
     * Reads.
     *
     * @throws IOException if the mount cannot be read, or no image is chosen; the message is one line
     */
    Reading read() throws IOException {
        long begin = System.nanoTime();
        List<LiveCounters> now = counters();
        long nanos = begin + (System.nanoTime() - begin) / 2;
        look(now.stream().map(LiveCounters::name).collect(Collectors.toSet()));
        records.keySet().retainAll(now.stream().map(LiveCounters::number).toList());
        List<FunctionCounts> functions = new ArrayList<>();
        for (LiveCounters image : now) {
            Optional<ImageRecords> known = records.get(image.number());
            if (known == null) {
                known = records(image);
                records.put(image.number(), known);
            }
            known.ifPresent(of -> functions.addAll(of.counts(image.counters())));
        }
        int processes = now.stream().mapToInt(LiveCounters::processes).sum();
        return new Reading(path.toString(), nanos, now.size(), processes, progress, functions);
    }

    /** All at one moment, if all images are chosen. */
    private List<LiveCounters> counters() throws IOException {
        if (choice.name() == null) {
            return counters(CountersFile.NAME);
        }
        List<LiveCounters> chosen = new ArrayList<>();
        for (String image : choice.among(mount.images())) {
            chosen.addAll(ifThere(() -> counters("images/" + image + "/" + CountersFile.NAME)));
        }
        return chosen;
    }

    private List<LiveCounters> counters(String file) throws IOException {
        ByteBuffer bytes = mount.bytes(file, sizes.getOrDefault(file, 0));
        sizes.put(file, bytes.limit());
        return LiveCounters.parse(bytes);
    }

    /** How complete the profile is costs the daemon more than its counters do, and is asked only now and then. */
    private void look(Set<String> now) throws IOException {
        long nanos = System.nanoTime();
        if (progress == null || !images.equals(now) || nanos - looked >= BETWEEN_LOOKS) {
            looked = nanos;
            images = now;
            progress = choice.name() == null ? Watched.all(mount) : Watched.of(mount, List.copyOf(now));
        }
    }

    private interface Parts<T> {
        List<T> read() throws IOException;
    }

    /** An image that was reset and has no process any more is gone. */
    private static <T> List<T> ifThere(Parts<T> parts) throws IOException {
        try {
            return parts.read();
        } catch (IOException e) {
            if (e.getCause() instanceof NoSuchFileException) {
                return List.of();
            }
            throw e;
        }
    }

    private List<ParsedProfile> profiles(String image) throws IOException {
        String file = "images/" + image + "/profraw";
        try {
            return RawProfileReader.readAll(mount.bytes(file, 0));
        } catch (MalformedProfileException e) {
            throw new IOException("cannot read " + path.resolve("pgo").resolve(file) + ": " + e.getMessage(), e);
        }
    }

    /** Of the image that has its name by now. */
    private Optional<ImageRecords> records(LiveCounters image) throws IOException {
        return ifThere(() -> profiles(image.name())).stream()
                .filter(profile ->
                        profile.counters().remaining() == image.counters().remaining())
                .map(profile -> ImageRecords.of(image.name(), profile))
                .findFirst();
    }

    /** What the value sites of a function have observed, a line for each value. */
    List<String> sites(FunctionCounts wanted) throws IOException {
        List<String> lines = new ArrayList<>();
        for (ParsedProfile profile : ifThere(() -> profiles(wanted.image()))) {
            profile.functions().stream()
                    .filter(function ->
                            function.nameRef() == wanted.reference() && function.funcHash() == wanted.hash())
                    .findFirst()
                    .ifPresent(function -> lines.addAll(new SiteText(profile, names(wanted.image())).of(function)));
        }
        return lines;
    }

    private Map<Long, String> names(String image) {
        return records.values().stream()
                .flatMap(Optional::stream)
                .filter(known -> known.image().equals(image))
                .findFirst()
                .map(ImageRecords::names)
                .orElse(Map.of());
    }

    /** The source of a function, as lines of text. */
    List<String> source(FunctionCounts wanted) throws IOException {
        for (ParsedProfile profile : ifThere(() -> profiles(wanted.image()))) {
            String symbol = SourceLines.symbol(profile.names(), wanted.reference());
            Path coverage = (profile.rawVersion() & Variant.IR) == 0
                    ? path.resolve("pgo/images").resolve(wanted.image()).resolve("profdata")
                    : null;
            if (!symbol.isEmpty()) {
                return SourceLines.of(program(wanted.image()), symbol, coverage);
            }
        }
        return List.of();
    }

    /** Sets the counts of all that is read to zero. */
    void reset() throws IOException {
        if (choice.name() == null) {
            reset(path.resolve("pgo"));
        } else {
            for (String image : choice.among(images)) {
                reset(path.resolve("pgo/images").resolve(image));
            }
        }
    }

    private static void reset(Path directory) throws IOException {
        try (OutputStream file = Files.newOutputStream(directory.resolve("reset"), StandardOpenOption.WRITE)) {
            file.write('1');
        }
    }

    /** Where its program is; null if no process says so. */
    private String program(String image) throws IOException {
        for (Object each : (List<?>) JsonTree.object(mount.read(".status.json")).get("images")) {
            Map<?, ?> fields = (Map<?, ?>) each;
            if (image.equals(fields.get("name"))) {
                return (String) fields.get("program");
            }
        }
        return null;
    }
}
