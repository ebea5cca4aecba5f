package org.pgofs.daemon.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.counters.format.ElfNotes;
import org.pgofs.daemon.elf.ElfFile;
import org.pgofs.daemon.elf.ElfSection;
import org.pgofs.daemon.elf.MalformedElfException;

/** Files that are damaged, or made to do harm. */
class DamagedElfTest {
    private static final int SECTION_HEADERS = 40; // offset of their offset
    private static final Tools NO_TOOLS = new Tools(List.of());

    @TempDir
    private Path directory;

    private byte[] program;

    @BeforeEach
    void compile() throws IOException {
        program = Files.readAllBytes(
                new Programs(directory).compile(19, "-fprofile-generate", Programs.RUNTIME.toString()));
    }

    @Test
    void shouldSayThatATruncatedFileIsDamaged() throws IOException {
        // The section headers come last.
        for (int size = 64; size < program.length; size += 97) {
            List<Finding> findings = report(Arrays.copyOf(program, size));

            assertEquals(1, findings.size());
            assertTrue(findings.get(0).line().endsWith("is damaged: a header points outside the file"));
        }
    }

    /** All of them are the same hole, each of which is read in no time; there are more of them than anybody waits for. */
    @Test
    void shouldNotLookThroughSectionsForEver() throws IOException {
        int size = 64 << 20;
        int count = 60_000;
        byte[] bytes = Arrays.copyOf(Arrays.copyOf(program, 64), ElfSection.HEADER_SIZE * (count + 1));
        ByteBuffer file = littleEndian(bytes);
        file.putLong(SECTION_HEADERS, 64).putShort(60, (short) count).putShort(62, (short) 0);
        for (int i = 1; i < count; i++) {
            int header = 64 + i * ElfSection.HEADER_SIZE;
            file.putInt(header + 4, ElfSection.NOTES)
                    .putLong(header + 24, file.limit())
                    .putLong(header + 32, size);
        }
        file.putLong(64 + 24, file.limit()).putLong(64 + 32, 1); // the names
        Path path = Files.write(directory.resolve("sections"), bytes);
        try (FileChannel sparse = FileChannel.open(path, StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.allocate(1), file.limit() + (long) size - 1);
        }
        try (ElfFile elf = ElfFile.open(path)) {
            MalformedElfException refusal =
                    assertThrows(MalformedElfException.class, () -> elf.note(ElfNotes.GNU, ElfNotes.BUILD_ID));
            assertEquals("has sections that take too long to look through", refusal.getMessage());
        }
    }

    /** To open it would wait for somebody who writes into it. */
    @Test
    void shouldNotWaitForAPipe() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        List<Finding> findings = ProgramReport.of(pipe, NO_TOOLS);
        assertEquals(1, findings.size());
        assertTrue(findings.get(0).line().endsWith("cannot be read: is not a regular file"));
    }

    @Test
    void shouldSurviveAnyDamageToItsHeaders() throws IOException {
        Random random = new Random(7);
        int headers = (int) littleEndian(program).getLong(SECTION_HEADERS);
        int different = 0;
        List<Finding> whole = report(program);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = program.clone();
            ByteBuffer bytes = littleEndian(damaged);
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                int at = random.nextInt(5) == 0
                        ? random.nextInt(56)
                        : headers + random.nextInt(program.length - headers - 8);
                bytes.putLong(at, random.nextBoolean() ? random.nextLong() : random.nextInt(4) - 2);
            }
            List<Finding> findings = report(damaged);
            assertFalse(findings.isEmpty());
            different += findings.equals(whole) ? 0 : 1;
        }
        assertTrue(different > 150, "damage that was seen: " + different);
    }

    @Test
    void shouldSurviveDamagedNotesAndSymbols() throws IOException {
        Random random = new Random(8);
        Path file = Files.write(directory.resolve("whole"), program);
        int[] parts;
        try (ElfFile elf = ElfFile.open(file)) {
            parts = elf.sections().stream()
                    .filter(s -> s.type() == ElfSection.NOTES || s.type() == ElfSection.SYMBOLS)
                    .flatMapToInt(s -> IntStream.range((int) s.offset(), (int) (s.offset() + s.size())))
                    .toArray();
        }
        int different = 0;
        List<Finding> whole = report(program);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = program.clone();
            for (int damage = 0; damage < 100; damage++) {
                damaged[parts[random.nextInt(parts.length)]] = (byte) random.nextInt();
            }
            List<Finding> findings = report(damaged);
            different += findings.equals(whole) ? 0 : 1;
        }
        assertTrue(different > 20, "damage that was seen: " + different);
    }

    @Test
    void shouldNotReadNamesOfSymbolsBehindTheFile() throws IOException {
        Path file = Files.write(directory.resolve("whole"), program);
        ElfSection symbols;
        ElfSection names;
        try (ElfFile elf = ElfFile.open(file)) {
            symbols = elf.sections().stream()
                    .filter(section -> section.type() == ElfSection.SYMBOLS)
                    .findFirst()
                    .orElseThrow();
            names = elf.sections().get(symbols.link());
        }
        // The names are moved to the end of the file, and all symbols get the last byte as their name.
        byte[] longer = Arrays.copyOf(program, program.length + (int) names.size());
        ByteBuffer moved = littleEndian(longer);
        moved.put(program.length, program, (int) names.offset(), (int) names.size());
        int header = (int) moved.getLong(SECTION_HEADERS) + symbols.link() * ElfSection.HEADER_SIZE;
        moved.putLong(header + 24, program.length);
        for (long at = symbols.offset(); at < symbols.offset() + symbols.size(); at += 24) {
            moved.putInt((int) at, (int) names.size() - 1);
        }

        assertEquals(
                "ok coverage build: use your compiler's llvm-profdata",
                report(longer).get(4).line());
    }

    private List<Finding> report(byte[] content) throws IOException {
        return ProgramReport.of(Files.write(directory.resolve("damaged"), content), NO_TOOLS);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
