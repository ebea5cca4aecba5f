package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.SampledMember;
import org.pgofs.counters.counts.SampledMember.Sample;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.LoadedImage;

/**
 * One image in one process that is attached. What reads memory is called by one thread at a time, and by none after one of
 * them was given up; the rest is guarded by the store's lock.
 */
final class AttachedImage {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final StockProgram program;
    private final String path;
    private final String mappedFile;
    private final long bias;
    private final AddressSpace memory;
    private ByteBuffer records;
    private LoadedImage loaded;
    private byte[] file;
    private ByteBuffer spare;
    private boolean charged;
    private int values;

    private ImageCounters image;
    private SampledMember member;

    /**
     * An image that was not read yet.
     *
     * @param mapping of its file
     * @param bias how far it was moved from its link-time addresses
     */
    AttachedImage(StockProgram program, Mapping mapping, long bias, AddressSpace memory) {
        this.program = program;
        path = mapping.path();
        mappedFile = mapping.file();
        this.bias = bias;
        this.memory = memory;
    }

    private static ByteBuffer newBuffer(Area section) {
        return ByteBuffer.allocateDirect((int) section.size()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Whether room is set aside for it: it takes none up before that. */
    boolean isCharged() {
        return charged;
    }

    void setCharged() {
        charged = true;
    }

    private LoadedImage load() throws IOException, InvalidFileException {
        if (records == null) {
            records = newBuffer(program.records());
        }
        memory.read(at(program.records()), records.clear());
        return program.format()
                .read(new StockProgram.Memory(
                        records.flip(),
                        at(program.records()),
                        at(program.counters()),
                        content(program.names()),
                        content(program.vtables()),
                        content(program.vtableNames())));
    }

    private ByteBuffer content(Area section) throws IOException {
        return section.size() == 0 ? NOTHING : memory.read(at(section), (int) section.size());
    }

    private long at(Area section) {
        return section.offset() + bias;
    }

    String path() {
        return path;
    }

    /** Device and inode of its file, as mappings have them. */
    String mappedFile() {
        return mappedFile;
    }

    /** Where its counters are: no other image of the process has them. */
    long countersAddress() {
        return at(program.counters());
    }

    /** Its image file, once it has counted. */
    byte[] file() {
        return file;
    }

    /** About how many bytes it takes up beside its image. */
    long bytes() {
        return 2 * program.counters().size() + program.records().size() + values * SampledMember.VALUE_BYTES;
    }

    /** How many values its sample has, for which it is charged. */
    int values() {
        return values;
    }

    void setValues(int count) {
        values = count;
    }

    /**
     * Reads what it has counted. As long as that is nothing, the program has not run: its records may
     * not be relocated yet.
     *
     * @return nothing if it has not counted yet
     * @throws IOException if it is not there any more: then the last sample is all there is
     * @throws InvalidFileException if it is not what its file says
     */
    Optional<Sample> read(ValueLists lists) throws IOException, InvalidFileException {
        ByteBuffer buffer = spare == null ? newBuffer(program.counters()) : spare;
        memory.read(countersAddress(), buffer.clear());
        Sample counters = new Sample(buffer.flip(), NOTHING, new ValueList());
        if (loaded == null) {
            if (counters.isZero()) {
                spare = buffer;
                return Optional.empty();
            }
            loaded = load();
            file = loaded.toImageFile();
        }
        ValueList values = loaded.siteCount() == 0 ? new ValueList() : lists.read(loaded, sites());
        requireSame();
        spare = null;
        return Optional.of(new Sample(buffer, NOTHING, values));
    }

    /** Where the sites of each function are; functions may get theirs while they run. */
    private long[] sites() throws IOException, InvalidFileException {
        boolean settled =
                loaded.functions().stream().allMatch(function -> function.siteCount() == 0 || function.values() != 0);
        if (!settled) {
            loaded = load();
        }
        long[] sites = new long[loaded.functions().size()];
        Arrays.setAll(sites, i -> loaded.functions().get(i).values());
        return sites;
    }

    /** After the reading: a library may have been closed, and another one be in its place. */
    private void requireSame() throws IOException {
        int size = (int) Math.min(2 * Long.BYTES, program.records().size());
        ByteBuffer first = memory.read(at(program.records()), size);
        if (!first.equals(records.slice(0, size))) {
            throw new ReplacedException();
        }
    }

    /** There is something else in its place. */
    static final class ReplacedException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** It counts for an image from now on. */
    void join(ImageCounters joined, SampledMember newMember) {
        image = joined;
        member = newMember;
        file = null;
        image.join(member);
    }

    /** Takes a later sample. The memory of the earlier one is for the next. */
    void replace(Sample sample) {
        ByteBuffer earlier = member.sample().counters();
        member.setSample(sample);
        spare = earlier.isDirect() ? earlier : null; // a saved one is on the heap
    }

    boolean hasJoined() {
        return image != null;
    }

    ImageCounters image() {
        return image;
    }

    SampledMember member() {
        return member;
    }
}
