package org.pgofs.counters.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pgofs.counters.counts.SampledMember.Sample;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.InvalidFileException;

/**
 * A process that is looked at: its memory, and the images in it that count. It is one address space: after exec it is
 * another one. Used by one thread at a time.
 */
final class AttachedProcess {
    private final ProcessUser user;
    private final AddressSpace memory;
    private final List<AttachedImage> images = new ArrayList<>();
    private final Set<String> problems = new TreeSet<>();
    private ProcessStat stat;
    private boolean publishes;
    private long lookedAt;
    private long gap;
    private long cost;

    /** One that was not looked at yet. */
    AttachedProcess(ProcessStat stat, ProcessUser user) {
        this.stat = stat;
        this.user = user;
        memory = new AddressSpace(stat);
    }

    /** What it was like at the last {@link #look}. */
    ProcessStat stat() {
        return stat;
    }

    ProcessUser user() {
        return user;
    }

    /** Those that are there, whether they count already or not. */
    List<AttachedImage> images() {
        return images;
    }

    /** Why something in it that counts is not read, a sentence each. */
    Set<String> problems() {
        return problems;
    }

    /** Notes that it was looked at. All numbers are nanoseconds, moments those of {@link System#nanoTime}. */
    void setLooked(long moment) {
        gap = lookedAt == 0 ? 0 : moment - lookedAt;
        lookedAt = moment;
    }

    /** Notes how long a look had a processor in which there was nothing new: the next ones will be like it. */
    void setCost(long processorTime) {
        cost = processorTime;
    }

    /** When it was looked at last, 0 if never. */
    long lookedAt() {
        return lookedAt;
    }

    /** How long a look has a processor; 0 if that is not known yet. */
    long cost() {
        return cost;
    }

    /** How long it is from one look at it to the next, as far as can be told at a moment. */
    long interval(long now) {
        return lookedAt == 0 ? 0 : Math.max(gap, now - lookedAt);
    }

    /** Whether something in it publishes its counters, and so counts already. */
    boolean publishes() {
        return publishes;
    }

    /**
     * Looks for what was loaded since the last look.
     *
     * @throws IOException if it has ended
     */
    void look(ProcessStat now, ProgramFiles files, ForeignReader reader) throws IOException {
        memory.readBy(reader);
        List<Mapping> mappings = Mapping.of(now.pid(), reader);
        Map<String, List<Mapping>> byFile = new LinkedHashMap<>();
        for (Mapping mapping : mappings) {
            if (mapping.hasFile()) {
                byFile.computeIfAbsent(mapping.file(), file -> new ArrayList<>())
                        .add(mapping);
            }
        }
        List<AttachedImage> found = new ArrayList<>();
        for (List<Mapping> mapped : byFile.values()) {
            found.addAll(look(mapped, mappings, files, reader));
        }
        images.addAll(found);
        // Those that have counted did so before: then the program has mapped the profile for something else.
        List<AttachedImage> notCounting =
                images.stream().filter(image -> !image.hasJoined()).toList();
        if (!notCounting.isEmpty() && hasProfile(mappings, files)) {
            problems.add(
                    "counts in a profile that it has mapped, and not in its sections (%c): that file has its counts");
            images.removeAll(notCounting);
        }
        stat = now;
    }

    private List<AttachedImage> look(
            List<Mapping> mapped, List<Mapping> all, ProgramFiles files, ForeignReader reader) {
        Mapping first = mapped.get(0);
        List<AttachedImage> found = new ArrayList<>();
        try {
            ProgramFiles.Finding finding = files.look(first, stat.pid(), reader);
            if (!finding.reason().isEmpty()) {
                problems.add(first.path() + " " + finding.reason());
            }
            if (finding.program().isPresent()) {
                StockProgram program = finding.program().get();
                if (program.isPublishing()) {
                    publishes = true;
                    return List.of();
                }
                for (Mapping mapping : mapped) {
                    if (mapping.offset() == program.segments().get(0).offset()) {
                        find(program, mapping, all).ifPresent(found::add);
                    }
                }
            }
        } catch (IOException e) {
            // Such as one that was unmapped meanwhile. It is looked at again when something is mapped.
            return List.of();
        }
        return found;
    }

    private Optional<AttachedImage> find(StockProgram program, Mapping mapping, List<Mapping> all) {
        long bias = mapping.start() - program.segments().get(0).address();
        long begin = program.counters().offset() + bias;
        boolean isKnown = images.stream().anyMatch(image -> image.countersAddress() == begin);
        boolean isOwn = all.stream().anyMatch(other -> other.holds(begin) && other.writable() && !other.shared());
        if (isKnown || !isOwn) {
            return Optional.empty();
        }
        return Optional.of(new AttachedImage(program, mapping, bias, memory));
    }

    private boolean hasProfile(List<Mapping> mappings, ProgramFiles files) {
        for (Mapping mapping : mappings) {
            try {
                if (mapping.hasFile()
                        && mapping.shared()
                        && mapping.writable()
                        && files.isProfile(
                                memory.read(mapping.start(), Long.BYTES).getLong(0))) {
                    return true;
                }
            } catch (IOException e) {
                // The file was made shorter.
            }
        }
        return false;
    }

    /**
     * What one image has counted.
     *
     * @param isGone whether it is there no more
     * @param sample nothing if it is gone, or has not counted yet
     * @param problem why it cannot be read, empty if it can
     */
    record Reading(AttachedImage image, boolean isGone, Optional<Sample> sample, String problem) {}

    /**
     * Reads what its images have counted.
     *
     * @param room how many values there may be; further ones are left out
     */
    List<Reading> read(long room, ForeignReader reader) {
        ValueLists lists = new ValueLists(memory::read, room);
        List<Reading> readings = new ArrayList<>();
        List<AttachedImage> unread = new ArrayList<>();
        for (AttachedImage image : images) {
            try {
                memory.readBy(reader);
                readings.add(new Reading(image, false, image.read(lists), ""));
            } catch (InvalidFileException e) {
                readings.add(new Reading(image, true, Optional.empty(), image.path() + " " + e.getMessage()));
            } catch (AttachedImage.ReplacedException e) {
                readings.add(new Reading(image, true, Optional.empty(), ""));
            } catch (IOException e) {
                unread.add(image);
            }
        }
        for (AttachedImage image : unread) {
            boolean isGone = !isThere(image, reader);
            String problem = isGone ? "" : image.path() + " cannot be read: its file system fails";
            readings.add(new Reading(image, isGone, Optional.empty(), problem));
        }
        if (lists.isFull()) {
            problems.add("observed more values than there is room for");
        }
        if (lists.isCut()) {
            problems.add("has value sites with more than " + Snapshot.MAX_VALUES + " values: the others are left out");
        }
        return readings;
    }

    /** Whether an image is loaded still: what reads it may fail for other reasons. */
    private boolean isThere(AttachedImage image, ForeignReader reader) {
        try {
            return exists()
                    && Mapping.of(stat.pid(), reader).stream()
                            .anyMatch(mapping -> mapping.holds(image.countersAddress())
                                    && (!mapping.hasFile() || mapping.file().equals(image.mappedFile())));
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether there still is such a process, and has not called exec. */
    boolean exists() {
        try {
            ProcessStat now = ProcessStat.of(stat.pid());
            return now.startTime() == stat.startTime() && now.hasStackOf(stat);
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether there is a process, whatever it does. */
    static boolean exists(int pid, long startTime) {
        try {
            return ProcessStat.of(pid).startTime() == startTime;
        } catch (IOException e) {
            return false;
        }
    }

    void close() {
        memory.close();
    }
}
