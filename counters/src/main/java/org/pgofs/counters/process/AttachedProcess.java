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

    private AttachedProcess(ProcessStat stat, ProcessUser user, AddressSpace memory) {
        this.stat = stat;
        this.user = user;
        this.memory = memory;
    }

    /**
     * Opens a process, to be closed.
     *
     * @throws IOException if it has ended
     */
    static AttachedProcess open(ProcessStat stat, ProcessUser user) throws IOException {
        return new AttachedProcess(stat, user, AddressSpace.open(stat));
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

    /** Whether something in it publishes its counters, and so counts already. */
    boolean publishes() {
        return publishes;
    }

    /** Looks for what was loaded since the last look. It may take for ever. */
    void look(ProcessStat now, ProgramFiles files) throws IOException {
        List<Mapping> mappings = Mapping.of(now.pid());
        Map<String, List<Mapping>> byFile = new LinkedHashMap<>();
        for (Mapping mapping : mappings) {
            if (mapping.hasFile()) {
                byFile.computeIfAbsent(mapping.file(), file -> new ArrayList<>())
                        .add(mapping);
            }
        }
        List<AttachedImage> found = new ArrayList<>();
        for (List<Mapping> mapped : byFile.values()) {
            found.addAll(look(mapped, mappings, files));
        }
        if (!found.isEmpty() && hasProfile(mappings, files)) {
            problems.add(
                    "counts in a profile that it has mapped, and not in its sections (%c): that file has its counts");
        } else {
            images.addAll(found);
        }
        stat = now;
    }

    private List<AttachedImage> look(List<Mapping> mapped, List<Mapping> all, ProgramFiles files) {
        Mapping first = mapped.get(0);
        List<AttachedImage> found = new ArrayList<>();
        try {
            ProgramFiles.Finding finding = files.look(first.link(stat.pid()));
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
        return Optional.of(new AttachedImage(program, mapping.path(), bias, memory));
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
     * Reads what its images have counted. It may take for ever.
     *
     * @param room how many values there may be; further ones are left out
     */
    List<Reading> read(long room) {
        ValueLists lists = new ValueLists(memory, room);
        List<Reading> readings = new ArrayList<>();
        for (AttachedImage image : images) {
            try {
                readings.add(new Reading(image, false, image.read(lists), ""));
            } catch (InvalidFileException e) {
                readings.add(new Reading(image, true, Optional.empty(), image.path() + " " + e.getMessage()));
            } catch (IOException e) {
                readings.add(new Reading(image, true, Optional.empty(), ""));
            }
        }
        if (lists.isFull()) {
            problems.add("observed more values than there is room for");
        }
        return readings;
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
