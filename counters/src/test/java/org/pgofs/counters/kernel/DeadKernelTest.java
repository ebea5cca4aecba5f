package org.pgofs.counters.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.KernelSections;
import org.pgofs.counters.image.StoredImage;

/** Kernels that no longer run, in core files. */
class DeadKernelTest {
    private static final byte[] BUILD_ID = {0x12, 0x34, 0x56, 0x78, 0x0a};

    @TempDir
    Path directory;

    private TestKernel kernel;
    private Path core;

    @BeforeEach
    void start() throws IOException {
        kernel = TestKernel.start(directory);
        core = kernel.files().core();
        kernel.count(7);
        kernel.writeEpoch(3);
        kernel.call(TestKernel.FUNCTION, 2);
        kernel.writeNotesToMemory();
    }

    @AfterEach
    void end() throws IOException {
        kernel.close();
    }

    private Counts counts(Optional<KernelSections> vmlinux) throws IOException, InvalidFileException {
        DeadKernel dead = DeadKernel.read(core, TestKernel::parse, vmlinux);
        StoredImage image =
                StoredImage.read(dead.image().toImageFile(), dead.image().path(), name -> false);
        Counts counts = dead.counts(new ImageCounters(image), new MemberReader());
        long[] expected = new long[TestKernel.COUNTERS];
        Arrays.fill(expected, 7);
        assertEquals(
                Arrays.toString(expected), Arrays.toString(counts.counters().values()));
        assertEquals("123456780a", image.buildId());
        return counts;
    }

    /** With what the kernel says of itself, and without. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldFindTheKernelByItsNote(boolean hasInfo) throws IOException, InvalidFileException {
        kernel.writeHeaders(hasInfo);
        assertEquals(
                Map.of(TestKernel.FUNCTION, 2L),
                counts(Optional.empty()).values().at(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldFindTheKernelByItsFile(boolean hasInfo) throws IOException, InvalidFileException {
        kernel.writeHeaders(hasInfo);
        kernel.eraseNotesFromMemory();
        assertTrue(counts(Optional.of(kernel.sections(BUILD_ID))).values().isEmpty());
    }

    /** One kernel is one image. */
    @Test
    void shouldOnlyCompareTheFileOfAKernelWithANote() throws IOException, InvalidFileException {
        kernel.writeHeaders(false);
        assertEquals(
                Map.of(TestKernel.FUNCTION, 2L),
                counts(Optional.of(kernel.sections(BUILD_ID))).values().at(1));
        assertRefused(
                "its build id is 99, and the kernel's is 123456780a",
                Optional.of(kernel.sections(new byte[] {(byte) 0x99})));
    }

    @Test
    void shouldSayWhyThereAreNoCounts() throws IOException {
        kernel.eraseNotesFromMemory();
        assertRefused("give its file by --vmlinux", Optional.empty());
        KernelSections other = kernel.sections(new byte[] {1});
        kernel.writeHeaders(false);
        kernel.count(7);
        kernel.overwriteNames();
        assertRefused("has not the kernel of /build/vmlinux in it", Optional.of(other));
        core = Files.writeString(directory.resolve("text"), "no core file, however long it is".repeat(9));
        assertRefused("is not an ELF core file", Optional.empty());
        core = directory.resolve("none");
        assertRefused("does not exist", Optional.empty());
    }

    @Test
    void shouldRefuseADumpByPhysicalAddresses() throws IOException {
        kernel.writePhysicalHeaders();
        assertRefused("take it by dump-guest-memory -p", Optional.empty());
    }

    @Test
    void shouldRefuseTheFileOfAnotherKernel() throws IOException {
        kernel.writeBuildId("99");
        assertRefused("its build id is 123456780a, and the kernel's is 99", Optional.of(kernel.sections(BUILD_ID)));
    }

    private void assertRefused(String reason, Optional<KernelSections> vmlinux) {
        IOException refusal = assertThrows(IOException.class, () -> DeadKernel.read(core, TestKernel::parse, vmlinux));
        assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    }
}
