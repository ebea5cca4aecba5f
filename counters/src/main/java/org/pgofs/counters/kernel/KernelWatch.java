package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import org.pgofs.counters.image.KernelSections;
import org.pgofs.counters.linux.ModuleEvents;
import org.pgofs.counters.linux.ModuleEvents.Event;
import org.pgofs.counters.linux.NoModuleEvents;

/**
 * What a running kernel has loaded, as it changes. A module that ends is in memory for some milliseconds more, sometimes
 * four: so it is read as soon as the kernel says it, without the store's lock, and through an open file of its own. What
 * follows from it waits for the store.
 *
 * <ol>
 *   <li>{@link #changes} has all that happened before it was called.
 *   <li>An event is read by whoever comes first: the thread that waits for events, or one that has the store's lock.
 * </ol>
 *
 * Thread-safe.
 */
public final class KernelWatch implements AutoCloseable {
    /** For what the store reads, under its lock. */
    private final KernelReader reader;

    /** For what cannot wait for it. */
    private final KernelReader urgent;

    private final KernelFiles files;
    private final ModuleEvents events;
    private final String problem;
    private final Loaded kernel;
    private final Map<String, Loaded> modules = new HashMap<>();
    private final Map<String, String> problems = new TreeMap<>();
    private final Queue<Change> changes = new ArrayDeque<>();

    /**
     * What happened to a module.
     *
     * @param loaded the module, as it was loaded once
     * @param isEnd whether it has ended
     * @param last what was read of it at its end; empty if that came too late
     */
    record Change(Loaded loaded, boolean isEnd, Optional<ByteBuffer> last) {}

    private KernelWatch(
            KernelReader reader,
            KernelReader urgent,
            KernelFiles files,
            ModuleEvents events,
            String problem,
            Loaded kernel) {
        this.reader = reader;
        this.urgent = urgent;
        this.files = files;
        this.events = events;
        this.problem = problem;
        this.kernel = kernel;
    }

    /** How modules of a kernel tell of themselves. */
    @FunctionalInterface
    public interface Events {
        /** Begins to listen. */
        ModuleEvents open() throws IOException;
    }

    /**
     * Reads a running kernel and its modules. It takes a while, and needs no lock.
     *
     * @param files where it tells of itself
     * @param parser knows the layouts of records
     * @param events what happens to modules from now on
     * @param vmlinux the file of a kernel that has no note of pgofs
     * @return what it has loaded, to be closed
     * @throws IOException if it cannot be read, or is not instrumented; the message is one line that says why, and what to do
     */
    public static KernelWatch open(
            KernelFiles files, KernelSections.Parser parser, Events events, Optional<KernelSections> vmlinux)
            throws IOException {
        KernelReader reader = KernelReader.open(files, parser);
        try {
            Loaded kernel = vmlinux.isPresent() ? reader.kernel(vmlinux.get()) : reader.kernel();
            KernelReader urgent = KernelReader.open(files, parser);
            try {
                return open(reader, urgent, files, events, kernel);
            } catch (IOException | RuntimeException | Error e) {
                urgent.close();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            reader.close();
            throw e;
        }
    }

    private static KernelWatch open(
            KernelReader reader, KernelReader urgent, KernelFiles files, Events events, Loaded kernel)
            throws IOException {
        ModuleEvents opened;
        String problem = "";
        try {
            opened = events.open();
        } catch (IOException e) {
            opened = new NoModuleEvents();
            problem = "what a module counts before it is unloaded is lost, since the end of modules is not seen: "
                    + e.getMessage();
        }
        KernelWatch watch = new KernelWatch(reader, urgent, files, opened, problem, kernel);
        watch.scan();
        return watch;
    }

    /**
     * Whether a kernel says that it can be read.
     *
     * @param files where it tells of itself
     * @return whether it has a note of pgofs, of any version
     */
    public static boolean hasNote(KernelFiles files) {
        return KernelReader.hasNote(files);
    }

    /**
     * Makes sure that a kernel which says so can be read, with its modules.
     *
     * @param files where it tells of itself
     * @throws IOException if it cannot; the message is one line that says why, and what to do
     */
    public static void check(KernelFiles files) throws IOException {
        KcoreAccess.open(files).close();
        if (files.hidesAddresses()) {
            throw new IOException("its modules cannot be read: sysctl kernel.kptr_restrict=1");
        }
    }

    KernelReader reader() {
        return reader;
    }

    Loaded kernel() {
        return kernel;
    }

    /** Looks at all modules: they are loaded, as far as it is not known yet, and those that went have ended. */
    private synchronized void scan() throws IOException {
        Set<String> there = new HashSet<>(files.modules());
        for (String module : List.copyOf(modules.keySet())) {
            if (!isStill(module)) {
                end(module);
            }
        }
        problems.keySet().retainAll(there);
        for (String module : there) {
            if (!modules.containsKey(module) && files.isLoaded(module)) {
                begin(module);
            }
        }
    }

    private void begin(String module) {
        problems.remove(module);
        try {
            if (!files.hasNote(module) && !files.isInstrumented(module)) {
                return;
            }
            Loaded loaded = reader.module(module);
            modules.put(module, loaded);
            changes.add(new Change(loaded, false, Optional.empty()));
        } catch (IOException e) {
            problems.put(module, e.getMessage());
        }
    }

    private void end(String module) {
        problems.remove(module);
        Loaded loaded = modules.remove(module);
        if (loaded != null) {
            changes.add(new Change(loaded, true, last(loaded)));
        }
    }

    private Optional<ByteBuffer> last(Loaded loaded) {
        try {
            ByteBuffer bytes = loaded.allocate();
            loaded.read(urgent.core(), bytes);
            return Optional.of(bytes);
        } catch (IOException e) {
            return Optional.empty(); // too late
        }
    }

    /** Reads what events ask for. Without the store's lock, or with it. */
    public synchronized void catchUp() throws IOException {
        for (Event event : events.drain()) {
            if (event.kind() == ModuleEvents.Kind.LOST) {
                scan();
            } else if (!isStill(event.module())) { // what is told may be known already
                end(event.module());
                if (event.kind() == ModuleEvents.Kind.LOADED) {
                    begin(event.module());
                }
            }
        }
    }

    /** Whether a module is loaded as it is known; at its end its note goes first. */
    private boolean isStill(String module) {
        try {
            return modules.containsKey(module)
                    && files.hasNote(module)
                    && files.run(module) == modules.get(module).run();
        } catch (IOException e) {
            return false; // it went
        }
    }

    /** What a module cannot be, in words that follow its name. */
    synchronized void note(Loaded loaded, String reason) {
        problems.put(loaded.name(), reason);
    }

    /** What happened that was not told yet. */
    synchronized List<Change> changes() {
        List<Change> all = new ArrayList<>(changes);
        changes.clear();
        return all;
    }

    /** What is not as it should be with all modules, a sentence; empty if nothing is. */
    String problem() {
        return problem;
    }

    /** The modules that cannot be read, and why, in words that follow the name. */
    synchronized Map<String, String> problems() {
        return new TreeMap<>(problems);
    }

    /** Waits until something happens, or for {@link #wake}. */
    public void await() throws IOException {
        events.await();
    }

    /** Ends the waiting. */
    public void wake() throws IOException {
        events.wake();
    }

    @Override
    public synchronized void close() {
        events.close();
        urgent.close();
        reader.close();
    }
}
