package org.pgofs.daemon.stock;

import static org.pgofs.counters.format.InvalidFileException.require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.format.ElfNotes;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.linux.Linux;
import org.pgofs.counters.linux.ReadableFile;
import org.pgofs.counters.process.StockProgram;
import org.pgofs.counters.process.StockProgram.Segment;
import org.pgofs.counters.process.StockPrograms;
import org.pgofs.counters.process.WrittenProfile;
import org.pgofs.daemon.elf.ElfFile;
import org.pgofs.daemon.elf.ElfSection;
import org.pgofs.daemon.elf.MalformedElfException;
import org.pgofs.daemon.elf.ProfileSections;
import org.pgofs.profraw.MalformedProfileException;
import org.pgofs.profraw.RawProfileReader;
import org.pgofs.profraw.WrittenProfiles;

/** Reads the files of programs with the compiler's own runtime, stripped or not. */
public final class StockElf implements StockPrograms {
    /** More than any compiler has. */
    private static final long MOST_BYTES = 1 << 28;

    private static final ByteBuffer NO_ID = ByteBuffer.allocate(0);
    private static final Area NONE = new Area(0, 0);

    /**
     * The program that reads files of processes, of the installation to which this class belongs.
     *
     * @return its path
     */
    public static Path reader() {
        return Path.of(System.getProperty("pgofs.home", "/nonexistent"), "lib", "foreign_reader");
    }

    @Override
    public List<WrittenProfile> profiles(ByteBuffer bytes) throws InvalidFileException {
        try {
            return WrittenProfiles.read(bytes);
        } catch (MalformedProfileException | ArithmeticException | IllegalArgumentException e) {
            throw new InvalidFileException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean isProfile(long word) {
        return RawProfileReader.isMagic(word);
    }

    @Override
    public Optional<StockProgram> read(ReadableFile file) throws IOException, InvalidFileException {
        try (ElfFile elf = ElfFile.of(file)) {
            if (elf.section(ProfileSections.COUNTERS).isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(ProfileSections.publishedFormat(elf).isPresent() ? StockProgram.PUBLISHING : read(elf));
        } catch (MalformedElfException e) {
            return Optional.empty();
        }
    }

    private static StockProgram read(ElfFile elf) throws IOException, InvalidFileException {
        Area records = section(elf, ProfileSections.RECORDS);
        require(records.size() > 0, "has no records (debug-info-correlate): only compiled without it can it be read");
        require(
                section(elf, ProfileSections.BITMAPS).size() == 0,
                "has bitmaps of MC/DC, which can only be read when it has ended");
        long page = Linux.pageSize();
        List<Segment> segments = elf.segments().stream()
                .map(segment -> new Segment(segment.offset() & -page, segment.address() & -page))
                .toList();
        require(!segments.isEmpty(), "is not loaded anywhere");
        return new StockProgram(
                segments,
                section(elf, ProfileSections.COUNTERS),
                records,
                section(elf, ProfileSections.NAMES),
                section(elf, ProfileSections.VTABLES),
                section(elf, ProfileSections.VTABLE_NAMES),
                new StockFormat(
                        RawVersions.of(elf),
                        section(elf, ProfileSections.COUNTERS).size(),
                        ProfileSections.binaryIds(
                                elf.note(ElfNotes.GNU, ElfNotes.BUILD_ID).orElse(NO_ID))));
    }

    /** Its link-time address and size; the runtime finds one section of each name. */
    private static Area section(ElfFile elf, String name) throws IOException, InvalidFileException {
        Area found = NONE;
        for (ElfSection section : elf.sections()) {
            if (section.isInMemory() && elf.name(section).equals(name)) {
                require(found.size() == 0, "was linked with --unique: %s is in pieces", name);
                require(
                        section.size() <= MOST_BYTES && section.address() >= 0,
                        "has %d bytes of %s",
                        section.size(),
                        name);
                found = new Area(section.address(), section.size());
            }
        }
        return found;
    }
}
