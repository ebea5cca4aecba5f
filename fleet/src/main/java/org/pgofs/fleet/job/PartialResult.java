package org.pgofs.fleet.job;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pgofs.fleet.core.HostSketches;
import org.pgofs.fleet.core.MergedImage;

/**
 * What some pieces of one image give, or a part of its functions: the sum, whose pieces they were, and what was left out.
 * Results of different pieces add up in any order. Not thread-safe.
 */
public final class PartialResult implements Externalizable {
    private static final long serialVersionUID = 1L;

    private MergedImage sum = new MergedImage();
    private final TreeMap<String, HostTotals> hosts = new TreeMap<>();
    private HostSketches sketches = new HostSketches();
    private final TreeSet<Rejected> rejected = new TreeSet<>();
    private final TreeMap<String, Long> tooLarge = new TreeMap<>();

    /** Of no pieces. */
    public PartialResult() {}

    /**
     * Adds a piece that was read.
     *
     * @param loaded the piece
     * @param weight how often it counts
     */
    void add(LoadedPiece loaded, long weight) {
        try {
            loaded.pieces().forEach(piece -> sum.add(piece, weight));
        } catch (ArithmeticException e) {
            reject(new Rejected(loaded.name().path(), "the image has more counters than one profile can have"));
            return;
        }
        String host = loaded.name().host();
        hosts.merge(host, HostTotals.of(loaded.total(), weight), HostTotals::plus);
        loaded.pieces().forEach(piece -> sketches.add(host, piece));
        long large = loaded.tooLarge();
        if (large > 0) {
            tooLarge.put(loaded.name().path(), large);
        }
    }

    /**
     * Says that an object is left out.
     *
     * @param object which, and why
     */
    public void reject(Rejected object) {
        rejected.add(object);
    }

    /**
     * Adds another result, which stays as it is.
     *
     * @param other of other pieces, or of other functions
     * @return this
     */
    public PartialResult add(PartialResult other) {
        sum.add(other.sum);
        other.hosts.forEach((host, totals) -> hosts.merge(host, totals, HostTotals::plus));
        sketches.add(other.sketches);
        rejected.addAll(other.rejected);
        tooLarge.putAll(other.tooLarge);
        return this;
    }

    /**
     * A part of its functions.
     *
     * @param number which part, 0 to {@code count} - 1
     * @param count how many parts there are, 1 or more
     * @return a result; all parts are this one if they are added up
     */
    public PartialResult part(int number, int count) {
        PartialResult part = new PartialResult();
        part.sum = sum.part(number, count);
        if (number == 0) {
            part.hosts.putAll(hosts);
            part.sketches.add(sketches);
            part.rejected.addAll(rejected);
            part.tooLarge.putAll(tooLarge);
        }
        return part;
    }

    MergedImage sum() {
        return sum;
    }

    Map<String, HostTotals> hosts() {
        return hosts;
    }

    HostSketches sketches() {
        return sketches;
    }

    /** The same with smaller counts, see {@link MergedImage#scaled}; what hosts brought stays as it is. */
    PartialResult scaled(long to) {
        PartialResult scaled = new PartialResult().add(this);
        scaled.sum = sum.scaled(to);
        return scaled;
    }

    /**
     * How many pieces are in it.
     *
     * @return 0 or more
     */
    public long pieces() {
        return hosts.values().stream().mapToLong(HostTotals::pieces).sum();
    }

    /**
     * Of how many hosts.
     *
     * @return 0 or more
     */
    public int hostCount() {
        return hosts.size();
    }

    /**
     * What was left out.
     *
     * @return sorted
     */
    public SortedSet<Rejected> rejected() {
        return rejected;
    }

    /** By piece, how many of its counters count as 0. */
    Map<String, Long> tooLarge() {
        return tooLarge;
    }

    @Override
    public void writeExternal(ObjectOutput out) throws IOException {
        sum.write(out);
        out.writeObject(hosts);
        sketches.write(out);
        out.writeObject(rejected);
        out.writeObject(tooLarge);
    }

    @Override
    @SuppressWarnings("unchecked") // written above
    public void readExternal(ObjectInput in) throws IOException, ClassNotFoundException {
        sum = MergedImage.read(in);
        hosts.putAll((TreeMap<String, HostTotals>) in.readObject());
        sketches = HostSketches.read(in);
        rejected.addAll((TreeSet<Rejected>) in.readObject());
        tooLarge.putAll((TreeMap<String, Long>) in.readObject());
    }
}
