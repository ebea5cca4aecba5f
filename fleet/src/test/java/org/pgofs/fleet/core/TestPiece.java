package org.pgofs.fleet.core;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.ImageLayout;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Names;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.ParsedImage;
import org.pgofs.profraw.ParsedProfile;
import org.pgofs.profraw.RawBytes;
import org.pgofs.profraw.RawLayouts;
import org.pgofs.profraw.RawProfile;
import org.pgofs.profraw.RawProfileSequence;

/** Makes raw profiles. */
public final class TestPiece {
    /** What clang 19 to 22 write for {@code -fprofile-generate}. */
    public static final long IR = Variant.IR | 10;

    private static final long FIRST_ADDRESS = 0x1000;

    private final long rawVersion;
    private final List<ParsedFunction> functions = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final ByteArrayOutputStream counters = new ByteArrayOutputStream();
    private final ByteArrayOutputStream bitmaps = new ByteArrayOutputStream();
    private final ValueCounts values = new ValueCounts();
    private byte[] namesSection;
    private ByteBuffer vtables = ByteBuffer.allocate(0);
    private long base = FIRST_ADDRESS;
    private int sites;

    private TestPiece(long rawVersion) {
        this.rawVersion = rawVersion;
    }

    /**
     * A profile without functions yet.
     *
     * @param rawVersion with its variant bits
     * @return it
     */
    public static TestPiece of(long rawVersion) {
        return new TestPiece(rawVersion);
    }

    /**
     * Loads the image elsewhere.
     *
     * @param address of its first function
     * @return this
     */
    public TestPiece at(long address) {
        base = address;
        return this;
    }

    /**
     * Adds a function with 8-byte counters and no value sites.
     *
     * @param name of it
     * @param hash of its control flow
     * @param counts its counters
     * @return this
     */
    public TestPiece function(String name, long hash, long... counts) {
        return function(name, hash, List.of(0, 0, 0), new byte[0], counts);
    }

    /**
     * Adds a function with 8-byte counters.
     *
     * @param name of it
     * @param hash of its control flow
     * @param ofKinds how many value sites of each kind
     * @param bitmap its bits
     * @param counts its counters
     * @return this
     */
    public TestPiece function(String name, long hash, List<Integer> ofKinds, byte[] bitmap, long... counts) {
        ByteBuffer bytes = ByteBuffer.allocate(counts.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long count : counts) {
            bytes.putLong(count);
        }
        return function(name, hash, ofKinds, bitmap, bytes.array());
    }

    /**
     * Adds a function.
     *
     * @param name of it
     * @param hash of its control flow
     * @param ofKinds how many value sites of each kind
     * @param bitmap its bits
     * @param section its bytes
     * @return this
     */
    public TestPiece function(String name, long hash, List<Integer> ofKinds, byte[] bitmap, byte[] section) {
        functions.add(new ParsedFunction(
                reference(name),
                hash,
                counters.size(),
                section.length / Variant.counterSize(rawVersion),
                bitmap.length == 0 ? 0 : bitmaps.size(),
                bitmap.length,
                address(functions.size()),
                0,
                sites,
                ofKinds));
        names.add(name);
        counters.writeBytes(section);
        bitmaps.writeBytes(bitmap);
        sites += ofKinds.stream().mapToInt(Integer::intValue).sum();
        return this;
    }

    /**
     * Adds a function that has the counters of the last one, as no compiler makes it.
     *
     * @param name of it
     * @param hash of its control flow
     * @return this
     */
    public TestPiece sameAgain(String name, long hash) {
        ParsedFunction last = functions.get(functions.size() - 1);
        functions.add(new ParsedFunction(
                reference(name),
                hash,
                last.countersOffset(),
                last.counters(),
                0,
                0,
                address(functions.size()),
                0,
                sites,
                List.of(0, 0, 0)));
        names.add(name);
        return this;
    }

    /**
     * Adds what a site has observed; sites are numbered over all functions.
     *
     * @param site its number
     * @param value what was observed
     * @param count how often
     * @return this
     */
    public TestPiece value(int site, long value, long count) {
        values.add(site, value, count);
        return this;
    }

    /**
     * Gives it one vtable.
     *
     * @param name of it
     * @param address of its first function
     * @param size bytes
     * @return this
     */
    public TestPiece vtable(String name, long address, int size) {
        vtables = ByteBuffer.allocate(ImageLayout.VTABLE_SIZE).order(ByteOrder.LITTLE_ENDIAN);
        vtables.putLong(reference(name)).putLong(address).putInt(size).putInt(0).flip();
        return this;
    }

    /**
     * Has this in place of the names.
     *
     * @param section its bytes
     * @return this
     */
    public TestPiece names(byte... section) {
        namesSection = section;
        return this;
    }

    /**
     * The address of a function by its number.
     *
     * @param function its number
     * @return it
     */
    public long address(int function) {
        return base + function * 16L;
    }

    /**
     * The hash by which records refer to a name.
     *
     * @param name of it
     * @return it
     */
    public static long reference(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return new Names.Hash().of(bytes, 0, bytes.length);
    }

    /**
     * The file.
     *
     * @return it
     */
    public ByteBuffer raw() {
        ParsedImage image = new ParsedImage(
                "test",
                new ParsedProfile(
                        rawVersion,
                        functions,
                        ByteBuffer.wrap(counters.toByteArray()),
                        ByteBuffer.wrap(bitmaps.toByteArray()),
                        ByteBuffer.wrap(namesSection == null ? section() : namesSection),
                        ByteBuffer.allocate(0),
                        vtables,
                        ByteBuffer.allocate(0),
                        values,
                        0,
                        0,
                        0,
                        0));
        RawProfile profile = new RawProfile(image, RawLayouts.of(Variant.version(rawVersion)));
        RawBytes file = new RawProfileSequence(List.of(profile)).with(List.of(image.snapshot()));
        ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
        file.read(0, bytes);
        return bytes.flip();
    }

    /**
     * The file.
     *
     * @return its bytes
     */
    public byte[] bytes() {
        ByteBuffer raw = raw();
        byte[] bytes = new byte[raw.remaining()];
        raw.get(bytes);
        return bytes;
    }

    /** One blob that is not compressed. */
    private byte[] section() {
        byte[] joined = String.join("\u0001", names).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        int size = joined.length;
        for (; size >= 0x80; size >>>= 7) {
            blob.write((size & 0x7f) | 0x80);
        }
        blob.write(size);
        blob.write(0);
        blob.writeBytes(joined);
        return blob.toByteArray();
    }

    /**
     * The piece, read again.
     *
     * @return it
     */
    public Piece piece() {
        try {
            return new PieceReader().read(raw()).get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
