package org.pgofs.daemon.elf;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.pgofs.counters.format.ElfNotes;
import org.pgofs.counters.format.Processor;
import org.pgofs.counters.linux.ForeignPath;
import org.pgofs.counters.linux.ReadableFile;

/**
 * An executable or shared library for a {@link Processor}: as much of ELF as it takes to find sections, notes and a symbol. The file is
 * not trusted: whatever its headers say, nothing outside it is read, no more than some megabytes are held, and the work
 * has an end.
 */
public final class ElfFile implements Closeable {
    private static final int HEADER_SIZE = 64;
    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
    private static final byte CLASS_64 = 2;
    private static final byte LITTLE_ENDIAN = 1;
    private static final short EXECUTABLE = 2;
    private static final short SHARED = 3;
    private static final int SYMBOL_SIZE = 24;
    private static final int OBJECT_TYPE = 1;
    private static final int MAX_PART = 64 << 20;
    /** More than any program has of what is looked at; a header may name the same bytes many times. */
    private static final long MAX_READ = 512L << 20;

    /** What reading even a byte costs, in bytes. */
    private static final int LEAST_COST = 64;

    private static final int MAX_NAME = 4096;
    private static final int SCANNED_AT_ONCE = 1 << 16;
    private static final int SYMBOLS_AT_ONCE = 4096;

    private final ReadableFile file;
    private final Closeable opened;
    private final List<ElfSection> sections = new ArrayList<>();
    private final List<ElfSegment> segments = new ArrayList<>();
    private final ByteBuffer names;
    private Processor processor;
    private long left = MAX_READ;

    private ElfFile(ReadableFile file, Closeable opened) throws IOException {
        this.file = file;
        this.opened = opened;
        ByteBuffer header = header();
        int count = Short.toUnsignedInt(header.getShort(60));
        int namesIndex = Short.toUnsignedInt(header.getShort(62));
        require(count > 0, "has no section headers (stripped by other means than strip?)");
        require(header.getShort(58) == ElfSection.HEADER_SIZE && namesIndex < count, "has odd section headers");
        ByteBuffer headers = read(header.getLong(40), (long) count * ElfSection.HEADER_SIZE);
        for (int i = 0; i < count; i++) {
            sections.add(ElfSection.read(headers, i * ElfSection.HEADER_SIZE));
        }
        names = content(sections.get(namesIndex));
        int segmentCount = Short.toUnsignedInt(header.getShort(56));
        require(segmentCount == 0 || header.getShort(54) == ElfSegment.HEADER_SIZE, "has odd program headers");
        ByteBuffer segmentHeaders = read(header.getLong(32), (long) segmentCount * ElfSegment.HEADER_SIZE);
        for (int i = 0; i < segmentCount; i++) {
            ElfSegment.read(segmentHeaders, i * ElfSegment.HEADER_SIZE).ifPresent(segments::add);
        }
    }

    /**
     * Opens a file.
     *
     * @param file its path
     * @return the file, to be closed
     * @throws MalformedElfException if it is not an ELF file of a supported kind, or damaged
     * @throws IOException if it cannot be read
     */
    public static ElfFile open(Path file) throws IOException {
        FileChannel channel = ForeignPath.open(file);
        try {
            return new ElfFile(ReadableFile.of(channel), channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * A file that somebody else opens and closes.
     *
     * @param file of which as much is read as is asked for
     * @return the file
     * @throws MalformedElfException if it is not an ELF file of a supported kind, or damaged
     * @throws IOException if it cannot be read
     */
    public static ElfFile of(ReadableFile file) throws IOException {
        return new ElfFile(file, () -> {});
    }

    private ByteBuffer header() throws IOException {
        require(file.size() >= HEADER_SIZE, "is not an ELF file");
        ByteBuffer header = read(0, HEADER_SIZE);
        byte[] magic = new byte[MAGIC.length];
        header.get(0, magic);
        require(Arrays.equals(magic, MAGIC), "is not an ELF file");
        short type = header.getShort(16);
        processor = Processor.ofElf(Short.toUnsignedInt(header.getShort(18)))
                .filter(known -> header.get(4) == CLASS_64 && header.get(5) == LITTLE_ENDIAN)
                .orElseThrow(() -> new MalformedElfException("is neither for x86-64 nor for AArch64"));
        require(type == EXECUTABLE || type == SHARED, "is neither an executable nor a shared library");
        return header;
    }

    /**
     * What the file's code runs on.
     *
     * @return the processor
     */
    public Processor processor() {
        return processor;
    }

    /**
     * What of the file is loaded.
     *
     * @return in the order of their headers
     */
    public List<ElfSegment> segments() {
        return segments;
    }

    /**
     * All sections.
     *
     * @return in the order of their headers
     */
    public List<ElfSection> sections() {
        return sections;
    }

    /**
     * The first section of a name.
     *
     * @param name its name
     * @return the section, if there is one
     * @throws IOException if the file cannot be read, or is damaged
     */
    public Optional<ElfSection> section(String name) throws IOException {
        for (ElfSection section : sections) {
            if (name(section).equals(name)) {
                return Optional.of(section);
            }
        }
        return Optional.empty();
    }

    /**
     * The name of a section.
     *
     * @param section one of this file
     * @return its name
     * @throws IOException if the file is damaged
     */
    public String name(ElfSection section) throws IOException {
        int begin = section.nameOffset();
        int end = begin;
        while (true) {
            require(
                    end >= 0 && end < names.limit() && end - begin < MAX_NAME,
                    "is damaged: a section has no proper name");
            if (names.get(end) == 0) {
                break;
            }
            end++;
        }
        byte[] bytes = new byte[end - begin];
        names.get(begin, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /**
     * What the first note of a name and type holds.
     *
     * @param name who defines the type
     * @param type of the note
     * @return its content, little-endian, if there is one
     * @throws IOException if the file cannot be read, or is damaged
     */
    public Optional<ByteBuffer> note(String name, int type) throws IOException {
        for (ElfSection section : sections) {
            if (section.type() == ElfSection.NOTES) {
                Optional<ByteBuffer> found = ElfNotes.find(content(section), name, type);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Whether it has a table of symbols.
     *
     * @return false for a stripped file
     */
    public boolean hasSymbols() {
        return sections.stream().anyMatch(section -> section.type() == ElfSection.SYMBOLS);
    }

    /**
     * What the file has in the place of an object in memory.
     *
     * @param symbol of the object
     * @return its content, little-endian, if the file has it
     * @throws IOException if the file cannot be read, or is damaged
     */
    public Optional<ByteBuffer> object(String symbol) throws IOException {
        byte[] name = (symbol + "\0").getBytes(StandardCharsets.ISO_8859_1);
        for (ElfSection section : sections) {
            if (section.type() == ElfSection.SYMBOLS) {
                require(section.link() >= 0 && section.link() < sections.size(), "has symbols without names");
                Optional<ByteBuffer> found = object(section, sections.get(section.link()), name);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<ByteBuffer> object(ElfSection symbols, ElfSection symbolNames, byte[] name) throws IOException {
        long count = symbols.size() / SYMBOL_SIZE;
        for (long first = 0; first < count; first += SYMBOLS_AT_ONCE) {
            int some = (int) Math.min(SYMBOLS_AT_ONCE, count - first);
            ByteBuffer table = read(symbols.offset() + first * SYMBOL_SIZE, (long) some * SYMBOL_SIZE);
            for (int at = 0; at < table.limit(); at += SYMBOL_SIZE) {
                boolean isObject = (table.get(at + 4) & 0xf) == OBJECT_TYPE;
                if (isObject && hasName(symbolNames, Integer.toUnsignedLong(table.getInt(at)), name)) {
                    return at(table.getLong(at + 8), table.getLong(at + 16));
                }
            }
        }
        return Optional.empty();
    }

    private boolean hasName(ElfSection symbolNames, long at, byte[] name) throws IOException {
        if (at > symbolNames.size() - name.length) {
            return false;
        }
        return read(symbolNames.offset() + at, name.length).equals(ByteBuffer.wrap(name));
    }

    private Optional<ByteBuffer> at(long address, long size) throws IOException {
        for (ElfSection section : sections) {
            if (size >= 0 && section.holds(address, size)) {
                return Optional.of(read(section.offset() + (address - section.address()), size));
            }
        }
        return Optional.empty();
    }

    /**
     * The bytes of a section, which are none if the file does not have them.
     *
     * @param section one of this file
     * @return little-endian, from position 0
     * @throws IOException if the file cannot be read, or is damaged
     */
    public ByteBuffer content(ElfSection section) throws IOException {
        return read(section.offset(), section.type() == ElfSection.NO_BITS ? 0 : section.size());
    }

    /**
     * Reads the aligned 64-bit words of a section, without holding it.
     *
     * @param section one of this file
     * @param reader takes one after another
     * @throws IOException if the file cannot be read, or is damaged
     */
    public void forEachWord(ElfSection section, LongConsumer reader) throws IOException {
        long end = section.type() == ElfSection.NO_BITS ? 0 : section.size() - Long.BYTES;
        for (long at = -section.address() & (Long.BYTES - 1); at <= end; ) {
            int words = (int) Math.min(SCANNED_AT_ONCE, end - at + Long.BYTES) / Long.BYTES;
            ByteBuffer part = read(section.offset() + at, (long) words * Long.BYTES);
            while (part.hasRemaining()) {
                reader.accept(part.getLong());
            }
            at += part.limit();
        }
    }

    private ByteBuffer read(long offset, long size) throws IOException {
        require(
                offset >= 0 && size >= 0 && size <= MAX_PART && offset <= file.size() - size,
                "is damaged: a header points outside the file");
        left -= Math.max(size, LEAST_COST);
        require(left >= 0, "has sections that take too long to look through");
        ByteBuffer part = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
        while (part.hasRemaining()) {
            if (file.read(part, offset + part.position()) < 0) {
                throw new EOFException("became shorter while it was read");
            }
        }
        return part.flip();
    }

    private static void require(boolean condition, String otherwise) throws MalformedElfException {
        if (!condition) {
            throw new MalformedElfException(otherwise);
        }
    }

    @Override
    public void close() throws IOException {
        opened.close();
    }
}
