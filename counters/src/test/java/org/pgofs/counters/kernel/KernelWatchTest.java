package org.pgofs.counters.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.format.KernelNoteLayout;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.KernelSections;

/** What a running kernel is read from. */
class KernelWatchTest {
    @TempDir
    Path directory;

    private TestKernel kernel;

    @BeforeEach
    void start() throws IOException {
        kernel = TestKernel.start(directory);
    }

    @AfterEach
    void end() throws IOException {
        kernel.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0x3b80_0000L})
    void shouldFindAKernelWhereverItIs(long kaslr) throws IOException {
        try (TestKernel moved = new TestKernel(Files.createDirectory(directory.resolve("moved")), kaslr);
                KernelWatch watch = moved.watch()) {
            GuestImage image = watch.kernel().image();
            assertEquals(TestKernel.FUNCTION, image.functions().get(0).address());
            assertEquals(1, image.functions().get(0).valueSite());
            assertEquals(0, image.functions().get(1).valueSite());
        }
    }

    /** Older kernels relocate their notes like everything else. */
    @Test
    void shouldReadANoteThatWasMovedWithTheKernel() throws IOException {
        kernel.writeNotes(1, TestKernel.KASLR);
        try (KernelWatch watch = kernel.watch()) {
            assertEquals(
                    TestKernel.FUNCTION,
                    watch.kernel().image().functions().get(0).address());
        }
    }

    @Test
    void shouldGiveModulesTheSameAddressesWhereverTheyAre() throws IOException {
        kernel.insmod("ext2");
        try (KernelWatch watch = kernel.watch()) {
            Loaded first = watch.changes().get(0).loaded();
            kernel.rmmod("ext2");
            kernel.insmod("ext2");
            watch.catchUp();
            List<KernelWatch.Change> changes = watch.changes();
            assertEquals(2, changes.size());
            assertTrue(changes.get(0).isEnd());
            Loaded second = changes.get(1).loaded();

            assertEquals(
                    ByteBuffer.wrap(first.image().toImageFile()),
                    ByteBuffer.wrap(second.image().toImageFile()));
            assertFalse(first.run() == second.run());
            assertFalse(first.counters() == second.counters());
        }
    }

    /** Linux 6.1 gives what was read before where nothing is: that must not pass for the module. */
    @Test
    void shouldReadSomethingElseBeforeItLooksWhetherAModuleIsStillThere() throws IOException {
        kernel.insmod("ext2");
        try (KernelWatch watch = kernel.watch()) {
            Loaded loaded = watch.changes().get(0).loaded();
            ElfCore core = watch.reader().core();
            Loaded.Proof proof = loaded.proof().orElseThrow();
            assertEquals(kernel.text(), proof.elsewhere());
            loaded.read(core, loaded.allocate());
            kernel.free("ext2");
            assertThrows(Loaded.GoneException.class, () -> loaded.read(core, loaded.allocate()));
        }
    }

    @Test
    void shouldLookAtAllModulesWhereTheKernelTellsNothing() throws IOException {
        KernelWatch.Events none = () -> {
            throw new IOException("no such protocol");
        };
        try (KernelWatch watch = KernelWatch.open(kernel.files(), TestKernel::parse, none, Optional.empty())) {
            assertTrue(watch.problem().endsWith("not seen: no such protocol"), watch.problem());
            kernel.loadQuietly("ext2");
            watch.catchUp();
            assertEquals(1, watch.changes().size());
            kernel.removeQuietly("ext2");
            watch.catchUp();
            assertTrue(watch.changes().get(0).isEnd());
        }
    }

    @Test
    void shouldReadAKernelWithoutANoteByItsFile() throws IOException {
        kernel.writeNotes(0, 0);
        assertFalse(KernelWatch.hasNote(kernel.files()));
        IOException refusal =
                assertThrows(IOException.class, () -> kernel.watch().close());
        assertTrue(refusal.getMessage().contains("give its file by --vmlinux"), refusal.getMessage());

        kernel.count(4);
        try (KernelWatch watch = watch(kernel.sections(new byte[] {0x12, 0x34, 0x56, 0x78, 0x0a}))) {
            Loaded loaded = watch.kernel();
            ByteBuffer bytes = loaded.allocate();
            loaded.read(watch.reader().core(), bytes);
            assertEquals(TestKernel.COUNTERS * Long.BYTES, bytes.limit());
            assertEquals(4, bytes.getLong(0));
        }
    }

    /** One kernel is one image. */
    @Test
    void shouldOnlyCompareTheFileOfAKernelWithANote() throws IOException {
        GuestImage image;
        try (KernelWatch watch = kernel.watch()) {
            image = watch.kernel().image();
        }
        try (KernelWatch watch = watch(kernel.sections(new byte[] {0x12, 0x34, 0x56, 0x78, 0x0a}))) {
            assertEquals(
                    ByteBuffer.wrap(image.toImageFile()),
                    ByteBuffer.wrap(watch.kernel().image().toImageFile()));
        }
    }

    /** A reset by one daemon would empty the value sites of all. */
    @Test
    void shouldLetOneDaemonHaveTheKernel() throws IOException {
        try (KernelWatch first = kernel.watch()) {
            IOException refusal =
                    assertThrows(IOException.class, () -> kernel.watch().close());
            assertTrue(refusal.getMessage().contains("attached already"), refusal.getMessage());
            assertEquals(
                    TestKernel.FUNCTION,
                    first.kernel().image().functions().get(0).address());
        }
        kernel.watch().close();
    }

    @Test
    void shouldRefuseTheFileOfAnotherKernelWithBothIds() throws IOException {
        KernelSections other = kernel.sections(new byte[] {0x55, 0x66});

        IOException refusal = assertThrows(IOException.class, () -> watch(other).close());

        assertEquals(
                "/build/vmlinux is not the file of this kernel: its build id is 5566, and the kernel's is"
                        + " 123456780a",
                refusal.getMessage());
    }

    private KernelWatch watch(KernelSections vmlinux) throws IOException {
        return KernelWatch.open(kernel.files(), TestKernel::parse, kernel::events, Optional.of(vmlinux));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {KernelNoteLayout.COUNTERS, KernelNoteLayout.DATA, KernelNoteLayout.NAMES, KernelNoteLayout.SITES})
    void shouldRefuseSectionsThatCannotBe(int range) throws IOException {
        for (long end : new long[] {0, -1, Long.MAX_VALUE, TestKernel.TEXT + (1L << 29)}) {
            kernel.changeNote(range + Long.BYTES, end);
            IOException refusal =
                    assertThrows(IOException.class, () -> kernel.watch().close());
            assertTrue(refusal.getMessage().contains("gives"), refusal.getMessage());
        }
        kernel.changeNote(range, 0x1000);
        assertThrows(IOException.class, () -> kernel.watch().close());
    }

    @Test
    void shouldRefuseANoteOfAnotherVersion() throws IOException {
        kernel.changeNote(0, KernelNoteLayout.VERSION_VALUE + 1L);
        IOException refusal =
                assertThrows(IOException.class, () -> kernel.watch().close());
        assertTrue(refusal.getMessage().contains("of another version"), refusal.getMessage());
    }

    @Test
    void shouldSayWhyTheMemoryCannotBeRead() throws IOException {
        Path core = directory.resolve("proc/kcore");
        Path self = Files.createDirectories(directory.resolve("proc/self"));
        Path lockdown = Files.createDirectories(directory.resolve("sys/kernel/security"))
                .resolve("lockdown");

        Files.writeString(lockdown, "[none] integrity confidentiality\n");
        Files.write(core, new byte[0]);
        assertReason("ProtectKernelTunables");
        Files.writeString(self.resolve("status"), "CapEff:\t000001fffffdffff\n");
        assertReason("CAP_SYS_RAWIO is missing");
        Files.writeString(lockdown, "none integrity [confidentiality]\n");
        assertReason("boot without lockdown=confidentiality");
        Files.delete(core);
        assertReason("CONFIG_PROC_KCORE");
    }

    private void assertReason(String reason) {
        IOException refusal = assertThrows(IOException.class, () -> KernelWatch.check(kernel.files()));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
        assertEquals(1, refusal.getMessage().lines().count());
    }

    @Test
    void shouldSayThatModulesAreHidden() throws IOException {
        Path restriction = directory.resolve("proc/sys/kernel/kptr_restrict");
        Files.writeString(restriction, "1\n");
        KernelWatch.check(kernel.files());
        Files.writeString(restriction, "2\n");
        assertReason("sysctl kernel.kptr_restrict=1");
    }
}
