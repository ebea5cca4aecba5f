package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.OptionalInt;
import org.pgofs.counters.counts.CopiedMember;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.image.LinkTimes;
import org.pgofs.counters.state.SavedKernel;

/**
 * What the running kernel has loaded, as a member of its image. What counts is a sample, counters and value sites as they
 * were read last: so all that is served is of one moment, and whoever only looks at it lets the kernel do nothing, in which
 * it would count. Guarded by the store's lock.
 */
final class KernelMember implements CopiedMember {
    private static final Area NONE = new Area(0, 0);

    private final Loaded loaded;
    private final ImageCounters image;
    private ByteBuffer sample;
    private ByteBuffer next;
    private Instant sampled = Instant.now();
    private long epoch;
    private boolean changed;

    /** One of which nothing was read yet. */
    KernelMember(Loaded loaded, ImageCounters image) throws IOException {
        this(loaded, image, loaded.readEpoch());
    }

    /** One whose value sites have an epoch. */
    KernelMember(Loaded loaded, ImageCounters image, long epoch) {
        this.loaded = loaded;
        this.image = image;
        this.epoch = epoch;
        sample = loaded.allocate();
        next = loaded.allocate();
    }

    Loaded loaded() {
        return loaded;
    }

    ImageCounters image() {
        return image;
    }

    Instant sampled() {
        return sampled;
    }

    /**
     * Takes a new sample.
     *
     * @throws IOException if it cannot be read, or is not there any more; the sample is the last one then
     */
    void look(ElfCore core) throws IOException {
        loaded.read(core, next);
        ByteBuffer old = sample;
        setSample(next);
        next = old;
    }

    /** Takes up what was read of it. */
    void setSample(ByteBuffer read) {
        sample = read.rewind().limit(loaded.size());
        sampled = Instant.now();
        changed = true;
    }

    /** Whether the sample is another one than when it was saved. */
    boolean isChanged() {
        return changed;
    }

    void markSaved() {
        changed = false;
    }

    /** The sample, to be saved. */
    Counts toCounts(MemberReader reader) throws IOException {
        Counts counts = Counts.none(image.image());
        sample.rewind().asLongBuffer().get(counts.counters().values());
        reader.addValues(this, image.image(), counts.values());
        return counts;
    }

    /** The part of the state that says that it is attached, or was. */
    SavedKernel saved(boolean attached) {
        return new SavedKernel(loaded.name(), image.image().digest(), loaded.run(), attached);
    }

    /** No segment has such a name, and no other loading of the same has it. */
    @Override
    public String name() {
        return "kernel-" + Long.toHexString(loaded.run());
    }

    @Override
    public int owner() {
        return 0;
    }

    @Override
    public OptionalInt pid() {
        return OptionalInt.empty();
    }

    @Override
    public Area counters() {
        return new Area(0, loaded.image().countersSize());
    }

    @Override
    public Area bitmaps() {
        return NONE;
    }

    /** They lie behind the counters in the sample. */
    @Override
    public Area valueSites() {
        return loaded.sitesSize() == 0 ? NONE : new Area(loaded.image().countersSize(), loaded.sitesSize());
    }

    @Override
    public LinkTimes linkTimes() {
        return loaded.linkTimes();
    }

    @Override
    public int read(Area area, long offset, ByteBuffer target) {
        int count = target.remaining();
        target.put(sample.slice((int) (area.offset() + offset), count));
        return count;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public void setEpoch(long newEpoch) {
        epoch = newEpoch;
    }

    @Override
    public void publishEpoch() throws IOException {
        if (loaded.sitesSize() > 0) {
            loaded.writeEpoch(epoch);
        }
    }
}
