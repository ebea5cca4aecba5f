package org.pgofs.daemon.top;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.LongBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Names;
import org.pgofs.daemon.client.ImageFilter;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.history.Progress;
import org.pgofs.daemon.history.Watched;
import org.pgofs.daemon.json.JsonTree;
import org.pgofs.profraw.MalformedProfileException;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.ParsedProfile;

/** Reads the profiles of a mount again and again, and the names in them once. */
final class MountReader {
    private static final long BETWEEN_LOOKS = TimeUnit.SECONDS.toNanos(5);

    private final ServedMount mount;
    private final Path path;
    private final ImageFilter choice;
    private final Map<String, Map<Long, String>> names = new HashMap<>();
    private final Map<String, ImageReader> readers = new HashMap<>();
    private Map<String, Integer> processes = Map.of();
    private final Map<String, String> programs = new HashMap<>();
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
        List<String> images = choice.among(mount.images());
        look(images);
        names.keySet().retainAll(images);
        readers.keySet().retainAll(images);
        long begin = System.nanoTime();
        List<FunctionCounts> functions = new ArrayList<>();
        for (String image : images) {
            ImageReader reader = readers.computeIfAbsent(image, name -> new ImageReader(file(name)));
            read(image, reader::read).forEach(counters -> add(functions, image, counters));
        }
        long nanos = begin + (System.nanoTime() - begin) / 2;
        int live = images.stream()
                .mapToInt(image -> processes.getOrDefault(image, 0))
                .sum();
        return new Reading(path.toString(), nanos, images.size(), live, progress, functions);
    }

    /** What costs the daemon more than a profile does is asked only now and then. */
    private void look(List<String> images) throws IOException {
        long now = System.nanoTime();
        if (processes.keySet().containsAll(images) && now - looked < BETWEEN_LOOKS) {
            return;
        }
        looked = now;
        processes = processes(mount.read(".status.json"), programs);
        progress = choice.name() == null ? Watched.all(mount) : Watched.of(mount, images);
    }

    private Path file(String image) {
        return path.resolve("pgo/images").resolve(image).resolve("profraw");
    }

    private interface Profiles<T> {
        List<T> read() throws IOException, MalformedProfileException;
    }

    /** An image that was reset and has no process any more is gone. */
    private <T> List<T> read(String image, Profiles<T> profiles) throws IOException {
        try {
            return profiles.read();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (AccessDeniedException e) {
            throw new IOException(path + " lets only its owner read profiles: use sudo, or mount with -o uid=", e);
        } catch (MalformedProfileException e) {
            throw new IOException("cannot read " + file(image) + ": " + e.getMessage(), e);
        }
    }

    private List<ParsedProfile> read(String image) throws IOException {
        return read(image, () -> ImageReader.readAll(file(image)));
    }

    private void add(List<FunctionCounts> functions, String image, ImageReader.Counters read) {
        ParsedProfile profile = read.profile();
        int times = Variant.hasTimes(profile.rawVersion()) ? 1 : 0;
        int size = Variant.counterSize(profile.rawVersion());
        times *= Long.BYTES / size;
        Map<Long, String> known = names.computeIfAbsent(image, key -> names(profile));
        for (ParsedFunction function : profile.functions()) {
            long[] counters = new long[Math.max(0, function.counters() - times)];
            for (int i = 0; i < counters.length; i++) {
                int at = function.countersOffset() + (i + times) * size;
                counters[i] = size == Long.BYTES
                        ? read.counters().getLong(at)
                        : read.counters().get(at) == 0 ? 1 : 0;
            }
            String name = Optional.ofNullable(known.get(function.nameRef())).orElse(Names.number(function.nameRef()));
            functions.add(new FunctionCounts(
                    image, name, function.nameRef(), function.funcHash(), LongBuffer.wrap(counters)));
        }
    }

    /** What the value sites of a function have observed, a line for each value. */
    List<String> sites(FunctionCounts wanted) throws IOException {
        List<String> lines = new ArrayList<>();
        for (ParsedProfile profile : read(wanted.image())) {
            profile.functions().stream()
                    .filter(function ->
                            function.nameRef() == wanted.reference() && function.funcHash() == wanted.hash())
                    .findFirst()
                    .ifPresent(function -> lines.addAll(
                            new SiteText(profile, names.getOrDefault(wanted.image(), Map.of())).of(function)));
        }
        return lines;
    }

    /** The source of a function, as lines of text. */
    List<String> source(FunctionCounts wanted) throws IOException {
        for (ParsedProfile profile : read(wanted.image())) {
            String symbol = SourceLines.symbol(profile.names(), wanted.reference());
            Path coverage = (profile.rawVersion() & Variant.IR) == 0
                    ? path.resolve("pgo/images").resolve(wanted.image()).resolve("profdata")
                    : null;
            if (!symbol.isEmpty()) {
                return SourceLines.of(programs.get(wanted.image()), symbol, coverage);
            }
        }
        return List.of();
    }

    /** Sets the counts of all that is read to zero. */
    void reset() throws IOException {
        if (choice.name() == null) {
            reset(path.resolve("pgo"));
        } else {
            for (String image : choice.among(names.keySet())) {
                reset(path.resolve("pgo/images").resolve(image));
            }
        }
    }

    private static void reset(Path directory) throws IOException {
        try (OutputStream file = Files.newOutputStream(directory.resolve("reset"), StandardOpenOption.WRITE)) {
            file.write('1');
        }
    }

    private static Map<Long, String> names(ParsedProfile profile) {
        FunctionNames names = new FunctionNames();
        try {
            Names.read(profile.names(), names);
        } catch (InvalidFileException e) {
            return Map.of(); // functions go by their numbers
        }
        return names.found();
    }

    /** How many processes each image has; adds where their programs are, as far as they say so. */
    private static Map<String, Integer> processes(String status, Map<String, String> programs) throws IOException {
        Map<String, Integer> processes = new HashMap<>();
        for (Object image : (List<?>) JsonTree.object(status).get("images")) {
            Map<?, ?> fields = (Map<?, ?>) image;
            String name = (String) fields.get("name");
            processes.put(name, ((List<?>) fields.get("live_processes")).size());
            if (fields.get("program") instanceof String program) {
                programs.put(name, program);
            }
        }
        return processes;
    }
}
