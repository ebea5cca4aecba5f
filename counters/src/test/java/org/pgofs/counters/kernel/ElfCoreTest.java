package org.pgofs.counters.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.kernel.CoreFile.Load;

/** Core files, whatever they say. */
class ElfCoreTest {
    private static final long DATA = 0x20000;
    private static final long HIGH = 0xffff_ffff_8100_0000L;

    @TempDir
    Path directory;

    private ElfCore open(CoreFile file, int dataBytes) throws IOException {
        Path path = directory.resolve("core");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.writeTo(channel);
            ByteBuffer data = ByteBuffer.allocate(dataBytes);
            while (data.hasRemaining()) {
                data.put((byte) (data.position() / 16));
            }
            channel.write(data.flip(), DATA);
        }
        return ElfCore.open(path);
    }

    @Test
    void shouldReadAcrossPartsAndTakeTheFirstOfThoseThatOverlap() throws IOException {
        CoreFile file = CoreFile.of(
                "", new Load(HIGH, 16, DATA), new Load(HIGH + 8, 24, DATA + 32), new Load(HIGH + 32, 16, DATA + 64));
        try (ElfCore core = open(file, 256)) {
            ByteBuffer bytes = core.read(HIGH + 12, 28);

            assertEquals(0, bytes.get(0)); // of the first part, to its end
            assertEquals(2, bytes.get(4)); // 16: of the second one, which began at 8
            assertEquals(3, bytes.get(19)); // 31
            assertEquals(4, bytes.get(20)); // 32: of the third one
            assertThrows(IOException.class, () -> core.read(HIGH + 40, 16));
            assertThrows(IOException.class, () -> core.read(HIGH - 1, 2));
            assertThrows(IOException.class, () -> core.read(0, 1));
            assertTrue(core.beginsAt(HIGH + 32));
            assertFalse(core.beginsAt(HIGH + 33));
        }
    }

    @Test
    void shouldReadToTheEndOfAllAddresses() throws IOException {
        try (ElfCore core = open(CoreFile.of("", new Load(-16, 16, DATA)), 16)) {
            assertEquals(16, core.read(-16, 16).remaining());
            assertThrows(IOException.class, () -> core.read(-8, 16));
        }
    }

    @Test
    void shouldTakeAddressesAsUnsigned() throws IOException {
        try (ElfCore core = open(CoreFile.of("", new Load(Long.MAX_VALUE - 15, 32, DATA)), 32)) {
            assertEquals(1, core.read(Long.MAX_VALUE - 15, 32).get(16));
        }
    }

    @Test
    void shouldSayWhatTheKernelSaysOfItself() throws IOException {
        try (ElfCore core = open(
                CoreFile.of(
                        "OSRELEASE=6.1\nBUILD-ID=abcd\nKERNELOFFSET=36e00000\nSYMBOL(_stext)=ffffffffb7e00000\n",
                        new Load(HIGH, 16, DATA)),
                16)) {
            assertEquals(new VmcoreInfo(0x36e0_0000L, 0xffff_ffff_b7e0_0000L, "abcd"), core.info());
            assertEquals(0xffff_ffff_b7e0_0000L, core.firstAddress());
        }
        assertEquals(VmcoreInfo.NOTHING, VmcoreInfo.parse("KERNELOFFSET=none\n=1\nno line"));
    }

    @Test
    void shouldDoWithoutNotes() throws IOException {
        try (ElfCore core = open(CoreFile.of("", new Load(HIGH, 16, DATA)), 16)) {
            assertEquals(VmcoreInfo.NOTHING, core.info());
        }
    }

    /** Sizes and places of notes and of parts that no file has: what is not asked for does no harm. */
    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 0})
    void shouldPassOverWhatCannotBe(long number) throws IOException {
        for (int field : new int[] {8, 32}) {
            CoreFile file = CoreFile.of("KERNELOFFSET=1\n", new Load(HIGH, 16, DATA), new Load(HIGH, 16, DATA));
            file.bytes().putLong(CoreFile.PROGRAM_HEADERS + field, number);
            file.bytes().putLong(CoreFile.PROGRAM_HEADERS + CoreFile.PROGRAM_HEADER_SIZE + field, number);
            try (ElfCore core = open(file, 16)) {
                // If the first part is longer than the file, it holds nevertheless: that is a file that is cut off.
                if (field == 32 && number > 0 && number < Long.MAX_VALUE - DATA) {
                    assertThrows(IOException.class, () -> core.read(HIGH, 17));
                }
                assertThrows(IOException.class, () -> core.read(HIGH + 16, 1));
                if (number < 0 || number == Long.MAX_VALUE || (field == 32 && number == 0)) {
                    assertEquals(16, core.read(HIGH, 16).remaining()); // of the second part
                }
            }
        }
    }

    @Test
    void shouldRefuseAPartThatTheFileDoesNotHave() throws IOException {
        try (ElfCore core = open(CoreFile.of("", new Load(HIGH, 1L << 40, DATA)), 16)) {
            IOException refusal = assertThrows(IOException.class, () -> core.read(HIGH + 8, 16));
            assertTrue(refusal.getMessage().contains("ends before address"), refusal.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 4, 0, is not an ELF core file",
        "4, 1, 1, is not an ELF core file",
        "5, 1, 2, is not an ELF core file",
        "16, 2, 2, is not an ELF core file",
        "54, 2, 32, has odd program headers",
        "56, 2, 0, has 0 program headers",
        "56, 2, 65535, has its section headers outside",
        "56, 2, 65534, has its program headers outside",
        "32, 8, -1, has its program headers outside",
        "32, 8, 9000000000000000000, has its program headers outside",
    })
    void shouldRefuseOtherFiles(int at, int size, long value, String reason) throws IOException {
        CoreFile file = CoreFile.of("", new Load(HIGH, 16, DATA));
        file.bytes().putLong(40, 1L << 50);
        Consumer<ByteBuffer> change = bytes -> {
            switch (size) {
                case 1 -> bytes.put(at, (byte) value);
                case 2 -> bytes.putShort(at, (short) value);
                case 4 -> bytes.putInt(at, (int) value);
                default -> bytes.putLong(at, value);
            }
        };
        change.accept(file.bytes());

        IOException refusal =
                assertThrows(IOException.class, () -> open(file, 16).close());
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }

    /** More program headers than the field has bits for: a dump of a large machine. */
    @Test
    void shouldFindTheNumberOfManyProgramHeaders() throws IOException {
        CoreFile file = CoreFile.of("", new Load(HIGH, 16, DATA));
        file.bytes().putShort(56, (short) 0xffff).putLong(40, 0x9000).putInt(0x9000 + 44, 2);
        try (ElfCore core = open(file, 16)) {
            assertEquals(16, core.read(HIGH, 16).remaining());
        }
    }

    @Test
    void shouldRefuseMoreProgramHeadersThanAnyDumpHas() {
        CoreFile file = CoreFile.of("", new Load(HIGH, 16, DATA));
        file.bytes().putShort(56, (short) 0xffff).putLong(40, 0x9000).putInt(0x9000 + 44, (1 << 20) + 1);
        IOException refusal =
                assertThrows(IOException.class, () -> open(file, 16).close());
        assertTrue(refusal.getMessage().contains("has 1048577 program headers"), refusal.getMessage());
    }

    @Test
    void shouldKeepWhatTheFirstNotesSay() throws IOException {
        CoreFile file = CoreFile.of("KERNELOFFSET=1\n", new Load(HIGH, 16, DATA), new Load(HIGH, 16, DATA));
        file.bytes().putInt(CoreFile.PROGRAM_HEADERS + CoreFile.PROGRAM_HEADER_SIZE, 4);
        try (ElfCore core = open(file, 16)) {
            assertEquals(1, core.info().kernelOffset());
        }
    }

    /** The number of a file that is closed is soon another one's. */
    @Test
    void shouldCloseItsFileOnce() throws IOException {
        ElfCore core = open(CoreFile.of("", new Load(HIGH, 16, DATA)), 16);
        core.close();
        try (ElfCore other = ElfCore.open(core.path())) {
            core.close();
            assertEquals(16, other.read(HIGH, 16).remaining());
        }
    }

    @Test
    void shouldLeaveNoFileOpenThatItRefuses() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "no core file, however long it is".repeat(9));
        assertThrows(IOException.class, () -> ElfCore.open(text).close());
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open) {
                assertFalse(Files.exists(descriptor) && Files.isSameFile(descriptor, text), descriptor.toString());
            }
        }
    }

    @Test
    void shouldSayThatThereIsNothing() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));
        assertThrows(ElfCore.EmptyException.class, () -> ElfCore.open(empty).close());
    }
}
