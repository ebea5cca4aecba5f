package org.pgofs.counters.state;

import static org.pgofs.counters.state.StateFile.require;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.pgofs.counters.counts.CounterSum;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.Marks;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.state.StateFile.DamagedException;
import org.pgofs.counters.state.StateFile.Kind;

/**
 * The saved counts of one image. A carry file has the carry and everything else about its image, so that a lost file
 * affects no other image. A file of the last take has the counts that were taken of the image.
 */
public final class CarryFile {
    private static final int MOVED_SIZE = Long.BYTES + ValueList.ENTRY_SIZE;

    private final StateFile file;

    private CarryFile(StateFile file) {
        this.file = file;
    }

    /** The file of a take. */
    static CarryFile of(Counts counts) {
        return new CarryFile(new StateFile()
                .with(Kind.SUMS, sums(counts.counters()))
                .with(Kind.VALUES, values(counts.values()))
                .with(Kind.MARKS, marks(counts.marks())));
    }

    /** The carry file of an image, with the generation's manifest. */
    static CarryFile of(Counts carry, SavedImage image, Manifest manifest) {
        CarryFile carryFile = of(carry);
        carryFile
                .file
                .with(Kind.MANIFEST, manifest.toText())
                .with(Kind.IMAGE, image.toText())
                .with(Kind.MOVED_VALUES, movedValues(image));
        return carryFile;
    }

    private static ByteBuffer sums(CounterSum counters) {
        ByteBuffer content = buffer(counters.values().length * Long.BYTES);
        content.asLongBuffer().put(counters.values());
        return content;
    }

    private static ByteBuffer values(ValueCounts counts) {
        ByteBuffer content = buffer(Math.toIntExact(counts.size() * ValueList.ENTRY_SIZE));
        counts.forEach(
                (site, value, count) -> content.putLong(site).putLong(value).putLong(count));
        return content.rewind();
    }

    private static ByteBuffer marks(Marks marks) {
        ByteBuffer content = buffer(marks.size());
        marks.put(content);
        return content.rewind();
    }

    private static ByteBuffer movedValues(SavedImage image) {
        int values = image.epochs().stream()
                .mapToInt(segment -> segment.moved().size())
                .sum();
        ByteBuffer content = buffer(Math.multiplyExact(values, MOVED_SIZE));
        for (int i = 0; i < image.epochs().size(); i++) {
            int index = i;
            image.epochs().get(i).moved().addTo((site, value, count) -> content.putLong(index)
                    .putLong(site)
                    .putLong(value)
                    .putLong(count));
        }
        return content.rewind();
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The file's bytes, under its name. */
    ByteBuffer encode(String fileName) {
        return file.with(Kind.NAME, fileName).encode();
    }

    /**
     * Reads a file.
     *
     * @param fileName under which it was found
     * @throws DamagedException if its contents are not those that were written
     * @throws IOException if another version of pgofs wrote it
     */
    public static CarryFile decode(byte[] bytes, String fileName) throws IOException, DamagedException {
        StateFile file = StateFile.decode(bytes);
        require(file.text(Kind.NAME).equals(fileName), "is " + file.text(Kind.NAME));
        CarryFile carry = new CarryFile(file);
        carry.requireImage();
        return carry;
    }

    private void requireImage() throws DamagedException {
        try {
            if (file.section(Kind.IMAGE).hasRemaining()) {
                image();
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferUnderflowException e) {
            throw new DamagedException("does not name its image: " + e.getMessage());
        }
    }

    /** The manifest that it was written for. */
    public Manifest manifest() throws IOException, DamagedException {
        return Manifest.parse(file.text(Kind.MANIFEST));
    }

    /** What that says of the running kernel. */
    List<SavedKernel> kernels() throws IOException, DamagedException {
        return Manifest.hasKernels(file.text(Kind.MANIFEST)) ? manifest().sampled(SavedKernel.class) : List.of();
    }

    /** Its description of the image. */
    SavedImage image() {
        SavedImage saved = SavedImage.parse(file.text(Kind.IMAGE));
        ByteBuffer moved = file.section(Kind.MOVED_VALUES);
        while (moved.hasRemaining()) {
            ValueList.read(moved, saved.epochs().get((int) moved.getLong()).moved());
        }
        return saved;
    }

    /**
     * The counts.
     *
     * @throws DamagedException if they are those of another image
     */
    Counts counts(StoredImage of) throws DamagedException {
        Counts none = Counts.none(of);
        ByteBuffer sums = file.section(Kind.SUMS);
        ByteBuffer marks = file.section(Kind.MARKS);
        require(
                sums.remaining() == of.sums() * Long.BYTES
                        && marks.remaining() == none.marks().size(),
                "has the counts of another image");
        long[] counters = new long[of.sums()];
        sums.asLongBuffer().get(counters);
        none.marks().get(marks);
        ByteBuffer values = file.section(Kind.VALUES);
        require(values.remaining() % ValueList.ENTRY_SIZE == 0, "has half a value");
        while (values.hasRemaining()) {
            ValueList.read(values, none.values());
        }
        return new Counts(new CounterSum(counters), none.values(), none.marks());
    }
}
