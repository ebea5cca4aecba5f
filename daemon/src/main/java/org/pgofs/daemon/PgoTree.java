package org.pgofs.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Selection;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.PerImage;
import org.pgofs.daemon.guest.GuestRequests;
import org.pgofs.daemon.guest.RequestFile;
import org.pgofs.daemon.history.Histories;
import org.pgofs.daemon.history.Watched;
import org.pgofs.daemon.live.CountersFile;
import org.pgofs.daemon.live.ImageNumbers;
import org.pgofs.daemon.status.LastResets;
import org.pgofs.daemon.status.StatusReport;
import org.pgofs.daemon.stock.ProcessRequests;
import org.pgofs.daemon.stock.ProfileRequests;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Children;
import org.pgofs.fs.Directory;
import org.pgofs.fs.Node;
import org.pgofs.fs.PseudoFile;
import org.pgofs.fs.TextFile;

/**
 * The tree that a mount shows.
 *
 * <pre>
 * profraw              as pgo/profraw
 * pgo/reset            any write resets everything
 * pgo/profraw          the raw profiles of all images, one after another
 * pgo/take             the same, and a reset to exactly what was read; not listed
 * pgo/last-take        what the last take returned; not listed
 * pgo/last-take-number its number, and when it was; not listed
 * pgo/.counters        the counters of all images alone, for pgofs top; not listed
 * pgo/.history         how the profile grows, as long as somebody asks; not listed
 * pgo/profdata         the same images as one indexed profile; not listed, and one beside each other profraw
 * pgo/VARIANT.profraw  those of images that are instrumented in another way, if there are any: coverage, csir, ...
 * pgo/status           what the store holds, as text
 * pgo/metrics          the same in numbers, as Prometheus reads them
 * pgo/images/NAME/     reset, profraw, take, last-take, last-take-number and status of one image
 * pgo/images/NAME/.held-take  a take that is committed by a write; not listed
 * </pre>
 */
final class PgoTree {
    /** Not listed: what the command line makes {@code status --json} of. */
    static final String STATUS_JSON = ".status.json";

    /** Not listed: the pid of the daemon, and in the next line its segment directory; of what {@code umount} waits for. */
    static final String DAEMON = ".daemon";

    /** Not listed: by which machines are attached and detached. */
    public static final String GUESTS = ".guests";

    /** Not listed: by which processes are attached. */
    static final String PROCESSES = ProcessRequests.FILE;

    /** Not listed: by which files are added. */
    static final String PROFILES = ProfileRequests.FILE;

    private static final int WRITE_ONLY = 0200;
    private static final int OWNER_READS = 0600;
    private static final int OWNER_TAKES = 0400;
    private static final int ALL_READ = 0444;

    /** The scope of pgo/take. */
    static final String ALL = StatusReport.ALL_IMAGES;

    private final CounterStore store;
    private final StatusReport report;
    private final Profiles profiles;
    private final IndexedProfiles indexed;
    private final Path segmentDirectory;
    private final LastResets lastResets;
    private final Histories histories;
    private final ImageNumbers numbers = new ImageNumbers();
    private final Map<String, Node> variants = new ConcurrentHashMap<>();
    private final Map<String, Node> indexedVariants = new ConcurrentHashMap<>();
    private final PerImage<Directory> imageDirectories = new PerImage<>(this::imageDirectory);

    PgoTree(
            CounterStore store,
            Profiles profiles,
            IndexedProfiles indexed,
            StatusReport report,
            Path segmentDirectory,
            LastResets lastResets,
            Histories histories) {
        this.store = store;
        this.profiles = profiles;
        this.indexed = indexed;
        this.report = report;
        this.segmentDirectory = segmentDirectory;
        this.lastResets = lastResets;
        this.histories = histories;
    }

    Directory root() {
        return Directory.fixed()
                .add("profraw", profraw(PgoTree::main))
                .addHidden("profdata", profdata(PgoTree::main))
                .add("pgo", pgo());
    }

    private Directory pgo() {
        Directory directory = Directory.dynamic(new VariantFiles())
                .add("reset", new PseudoFile(WRITE_ONLY, new ResetFile("all images", this::resetAll)))
                .add("profraw", profraw(PgoTree::main))
                .add("status", new PseudoFile(ALL_READ, new TextFile(report::text)))
                .add("metrics", new PseudoFile(ALL_READ, new TextFile(report::metrics)))
                .add("images", Directory.dynamic(new ImageDirectories()));
        return withHidden(directory, ALL, PgoTree::main)
                .addHidden(Watched.FILE, history(images -> images))
                .addHidden(CountersFile.NAME, counters(images -> images))
                .addHidden(DAEMON, new PseudoFile(ALL_READ, new TextFile(this::daemon)))
                .addHidden(GUESTS, PseudoFile.ofRoot(OWNER_READS, new RequestFile(new GuestRequests(store))))
                .addHidden(PROCESSES, PseudoFile.ofRoot(OWNER_READS, new RequestFile(new ProcessRequests(store))))
                .addHidden(PROFILES, PseudoFile.ofRoot(OWNER_READS, new RequestFile(new ProfileRequests(store))))
                .addHidden(STATUS_JSON, new PseudoFile(ALL_READ, new TextFile(report::json)));
    }

    private String daemon() {
        return ProcessHandle.current().pid() + "\n" + segmentDirectory;
    }

    /** The images that are instrumented in another way than plainly; of the indexed profiles only the others are listed. */
    private final class VariantFiles implements Children {
        @Override
        public Node find(String name) {
            for (long bits : variantBits()) {
                if (name.equals(variantFile(bits))) {
                    return variants.computeIfAbsent(name, key -> profraw(images -> ofVariant(images, bits)));
                }
                if (name.equals(variantName(bits) + ".profdata")) {
                    return indexedVariants.computeIfAbsent(name, key -> profdata(images -> ofVariant(images, bits)));
                }
            }
            return null;
        }

        @Override
        public Collection<String> names() {
            return variantBits().stream().map(PgoTree::variantFile).toList();
        }

        private Set<Long> variantBits() {
            Set<Long> variantBits = new HashSet<>();
            for (Image image : allImages()) {
                long bits = Variant.bits(image.rawVersion());
                if (bits != Variant.IR && Profiles.canWrite(image)) {
                    variantBits.add(bits);
                }
            }
            return variantBits;
        }
    }

    private static String variantFile(long bits) {
        return variantName(bits) + ".profraw";
    }

    private static String variantName(long bits) {
        return String.join("-", Variant.words(bits));
    }

    /** How many images are not in pgo/profraw because it has others, by the file that has them. */
    static Map<String, Long> notInProfraw(List<Image> images) {
        List<Image> main = main(images);
        return images.stream()
                .filter(image -> Profiles.canWrite(image) && !main.contains(image))
                .collect(Collectors.groupingBy(
                        image -> variantFile(Variant.bits(image.rawVersion())), TreeMap::new, Collectors.counting()));
    }

    /** What pgo/profraw has: the plain images, or those of the one variant that there is. */
    static List<Image> main(List<Image> images) {
        List<Image> writable = images.stream().filter(Profiles::canWrite).toList();
        long variants = writable.stream()
                .map(image -> Variant.bits(image.rawVersion()))
                .distinct()
                .count();
        return variants == 1 ? writable : ofVariant(writable, Variant.IR);
    }

    private static List<Image> ofVariant(List<Image> images, long bits) {
        return images.stream()
                .filter(image -> Variant.bits(image.rawVersion()) == bits)
                .toList();
    }

    private final class ImageDirectories implements Children {
        @Override
        public Node find(String name) {
            try {
                return store.image(name).map(imageDirectories::of).orElse(null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Collection<String> names() {
            return allImages().stream().map(Image::name).toList();
        }
    }

    private Directory imageDirectory(Image image) {
        Selection selection = Selection.only(image);
        Directory directory = Directory.fixed()
                .add("reset", new PseudoFile(WRITE_ONLY, new ResetFile(image.name(), caller -> reset(image, caller))))
                .add("profraw", profraw(selection))
                .add("status", new PseudoFile(ALL_READ, new TextFile(() -> report.text(image))))
                .addHidden(Watched.FILE, history(selection))
                .addHidden(CountersFile.NAME, counters(selection))
                .addHidden(
                        HeldTakeFile.NAME,
                        new PseudoFile(OWNER_READS, new HeldTakeFile(store, profiles, image, lastResets)));
        return withHidden(directory, image.name(), selection);
    }

    /** Not listed: a recursive copy must not take, nor make each profile once more. */
    private Directory withHidden(Directory directory, String scope, Selection selection) {
        return directory
                .addHidden("profdata", profdata(selection))
                .addHidden(
                        "take",
                        new PseudoFile(OWNER_TAKES, new TakeFile(store, profiles, scope, selection, lastResets)))
                .addHidden("last-take", new PseudoFile(OWNER_TAKES, new LastTakeFile(store, profiles, scope)))
                .addHidden("last-take-number", new PseudoFile(ALL_READ, new TextFile(() -> lastTakeNumber(scope))));
    }

    private String lastTakeNumber(String scope) {
        return store.lastTakeNumber(scope)
                .map(take -> take.number() + " " + take.at() + "\n")
                .orElse("");
    }

    private void resetAll(Caller caller) throws IOException {
        store.resetAll();
        lastResets.reset(store.images(), caller);
    }

    private void reset(Image image, Caller caller) throws IOException {
        store.reset(Selection.only(image));
        lastResets.reset(List.of(image), caller);
    }

    private PseudoFile profraw(Selection selection) {
        return new PseudoFile(OWNER_READS, new ProfrawFile(store, profiles, selection));
    }

    private PseudoFile counters(Selection selection) {
        return new PseudoFile(OWNER_READS, new CountersFile(store, selection.where(Profiles::canWrite), numbers));
    }

    private PseudoFile history(Selection selection) {
        return new PseudoFile(OWNER_READS, new TextFile(histories.of(selection)::json));
    }

    private PseudoFile profdata(Selection selection) {
        return new PseudoFile(OWNER_READS, new ProfdataFile(store, indexed, selection));
    }

    private List<Image> allImages() {
        try {
            return store.images();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
