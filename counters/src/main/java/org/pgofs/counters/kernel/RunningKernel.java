package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.ImageCounters.Baseline;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.segment.ImageCatalog;
import org.pgofs.counters.segment.MemberEpochs;
import org.pgofs.counters.state.SampledSource;
import org.pgofs.counters.state.SavedKernel;
import org.pgofs.counters.state.StateDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel that this machine runs, and its modules, each of an image of its own. What one counts that is loaded is in its
 * memory until it ends; so a restart of the daemon loses nothing, and what tells one boot or loading from another is part
 * of the saved state. Guarded by the store's lock.
 *
 * <ol>
 *   <li>A module that ends is folded: with what was read at its end, or with its last sample if that came too late.
 *   <li>One that ended while no daemon ran is folded with the sample that was saved last.
 *   <li>What is detached is folded, and remembered: attached again in the same boot, it counts from then on.
 *   <li>If an older pgofs, which knows no kernel, has changed the counts of an image meanwhile, the kernel counts from now
 *       on: the older one may have reset them.
 * </ol>
 */
public final class RunningKernel implements SampledSource {
    private static final Logger LOG = LoggerFactory.getLogger(RunningKernel.class);

    private final ImageCatalog images;
    private final MemberEpochs epochs;
    private final MemberReader reader;
    private final StateDirectory state;
    private final Map<String, KernelMember> members = new TreeMap<>();
    /** What an earlier daemon had and this one has not, or not yet; and what is detached. */
    private final Map<String, SavedKernel> known = new LinkedHashMap<>();

    private KernelWatch watch;
    private String problem = "";

    public RunningKernel(ImageCatalog images, MemberEpochs epochs, MemberReader reader, StateDirectory state) {
        this.images = images;
        this.epochs = epochs;
        this.reader = reader;
        this.state = state;
    }

    /** Takes up what an earlier daemon had, until it is known what is there now. */
    @Override
    public void restore() {
        state.manifest().sampled(SavedKernel.class).forEach(kernel -> known.put(kernel.name(), kernel));
    }

    /** Whether it is attached. */
    public boolean isAttached() {
        return watch != null;
    }

    /**
     * Attaches what is loaded.
     *
     * @param opened to be closed with this
     */
    public void attach(KernelWatch opened) throws IOException {
        watch = opened;
        try {
            add(opened.kernel());
        } catch (IOException | RuntimeException | Error e) {
            watch = null;
            throw e;
        }
        problem = "";
        apply(opened.changes());
        // What is known and was not found has ended.
        for (SavedKernel gone : List.copyOf(known.values())) {
            if (gone.attached()) {
                fold(gone);
            }
            known.remove(gone.name());
        }
    }

    /** It could not be attached: what an earlier daemon has of it stays as it was last seen. */
    public void cannotAttach(String sentence) throws IOException {
        leaveOut();
        problem = sentence;
        LOG.warn("the running kernel is not read: {}", sentence);
    }

    private void add(Loaded loaded) throws IOException {
        ImageCounters image = image(loaded.image());
        SavedKernel before = known.remove(loaded.name());
        KernelMember member = new KernelMember(loaded, image);
        member.look(watch.reader().core());
        epochs.finishReset(member, image);
        boolean isDetached = before != null && before.equals(member.saved(false));
        boolean isForgotten = before == null && state.isSavedByOlder(image.image());
        if (isDetached || isForgotten) {
            startFromNow(member);
        } else if (before != null && !before.equals(member.saved(true)) && before.attached()) {
            fold(before);
        }
        image.join(member);
        images.changed().add(image);
        members.put(loaded.name(), member);
        LOG.info(
                "attached {} of the running kernel as {}",
                loaded.name(),
                image.image().name());
    }

    private ImageCounters image(GuestImage kernel) throws IOException {
        try {
            return images.add(images.read(kernel.toImageFile(), kernel.path()));
        } catch (InvalidFileException e) {
            throw new IOException(kernel.path() + " " + e.getMessage(), e);
        }
    }

    /**
     * Adds what a kernel counted that no longer runs.
     *
     * @return the name of its image
     */
    public String add(DeadKernel dead) throws IOException {
        ImageCounters image = image(dead.image());
        image.addEnded(dead.counts(image, reader));
        images.changed().add(image);
        return image.image().name();
    }

    /** What it has counted until now is in the carry already, or was reset. */
    private void startFromNow(KernelMember member) throws IOException {
        ImageCounters image = member.image();
        Counts carry = image.carry().copy();
        carry.counters().subtract(member.toCounts(reader).counters());
        Baseline before = image.baseline();
        image.setBaseline(new Baseline(carry, before.taken(), before.ended(), before.resets(), before.times()));
        member.setEpoch(member.epoch() + 1);
        member.publishEpoch();
    }

    /** Folds what an earlier daemon saw, and this one does not: it has ended, or cannot be read. */
    private void fold(SavedKernel gone) throws IOException {
        ImageCounters image = images.image(gone.digest());
        if (image == null) {
            return;
        }
        Optional<Counts> last = state.sample(gone, image.image());
        if (last.isPresent()) {
            LOG.warn("{} is not seen any more: what it counted since {} is lost", gone.name(), state.sampled(gone));
            image.addEnded(last.get());
        } else {
            LOG.warn("{} is not seen any more: all that it counted since its last reset is lost", gone.name());
            image.carry().counters().dropNegative();
        }
        images.changed().add(image);
    }

    private void apply(List<KernelWatch.Change> changes) {
        for (KernelWatch.Change change : changes) {
            try {
                if (change.isEnd()) {
                    end(change.loaded(), change.last());
                } else {
                    add(change.loaded());
                }
            } catch (IOException e) {
                watch.note(change.loaded(), "cannot be read: " + e.getMessage());
            }
        }
    }

    private void end(Loaded loaded, Optional<ByteBuffer> last) throws IOException {
        KernelMember member = members.get(loaded.name());
        if (member == null || member.loaded().run() != loaded.run()) {
            return;
        }
        if (last.isPresent()) {
            member.setSample(last.get());
        } else {
            String lost =
                    "was unloaded before it could be read: what it counted since " + member.sampled() + " is lost";
            LOG.warn("{} {}", loaded.name(), lost);
            watch.note(loaded, lost);
        }
        fold(member);
    }

    private void fold(KernelMember member) throws IOException {
        member.image().fold(member, reader, Long.MAX_VALUE);
        images.changed().add(member.image());
        members.remove(member.loaded().name());
    }

    @Override
    public void catchUp() throws IOException {
        if (isAttached()) {
            watch.catchUp();
            apply(watch.changes());
        }
    }

    @Override
    public void look(Collection<ImageCounters> some) throws IOException {
        for (KernelMember member : List.copyOf(members.values())) {
            if (some.contains(member.image())) {
                look(member);
            }
        }
    }

    private void look(KernelMember member) throws IOException {
        try {
            member.look(watch.reader().core());
        } catch (Loaded.GoneException e) {
            // The kernel has said so before its memory went.
            catchUp();
            if (members.containsValue(member)) {
                end(member.loaded(), Optional.empty());
            }
        }
    }

    /** Lets go of all of it; what it counted stays. */
    public void detach() throws IOException {
        if (!isAttached()) {
            throw new IOException("the running kernel is not attached");
        }
        for (KernelMember member : List.copyOf(members.values())) {
            look(member);
            if (members.containsValue(member)) {
                fold(member);
                known.put(member.loaded().name(), member.saved(false));
            }
        }
        watch.close();
        watch = null;
    }

    /** Leaves it out: what an earlier daemon has of it stays as it was last seen. */
    public void leaveOut() throws IOException {
        for (SavedKernel before : List.copyOf(known.values())) {
            if (before.attached()) {
                fold(before);
                known.put(before.name(), new SavedKernel(before.name(), before.digest(), before.run(), false));
            }
        }
    }

    /** All, for what ends while no daemon runs. Each holds for one loading, so any time is right. */
    @Override
    public void saveSamples(Collection<ImageCounters> some) throws IOException {
        for (KernelMember member : members.values()) {
            if (member.isChanged()) {
                state.saveSample(member.saved(true), member.toCounts(reader));
                member.markSaved();
            }
        }
    }

    /** What is attached, and what was. */
    @Override
    public List<SavedKernel> saved() {
        List<SavedKernel> all = new ArrayList<>(known.values());
        members.values().forEach(member -> all.add(member.saved(true)));
        return all;
    }

    public KernelStatus status() {
        if (!isAttached()) {
            return problem.isEmpty() ? KernelStatus.NOTHING : new KernelStatus(problem, List.of(), Map.of());
        }
        List<KernelStatus.Image> loaded = members.values().stream()
                .map(member -> new KernelStatus.Image(
                        member.loaded().name(), member.image().image().name(), member.sampled()))
                .toList();
        return new KernelStatus(watch.problem(), loaded, watch.problems());
    }

    @Override
    public void close() {
        if (isAttached()) {
            watch.close();
        }
    }
}
