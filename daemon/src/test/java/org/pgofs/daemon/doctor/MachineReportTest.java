package org.pgofs.daemon.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.counters.kernel.KernelFiles;
import org.pgofs.counters.linux.FusePackage;

/** Needs root and FUSE, as mounting does. */
class MachineReportTest {
    private static final String ROOT = "Uid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n";

    @TempDir
    private Path directory;

    private Path segments;

    @BeforeEach
    void prepare() throws IOException {
        segments = Files.createDirectory(directory.resolve("segments"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void shouldFindThisMachineReady() throws IOException {
        mountTmpfs("mode=1733");
        try {
            Doctor doctor = Doctor.run("--segment-dir", segments.toString());

            assertTrue(
                    doctor.lines()
                            .get(0)
                            .matches(
                                    "ok pgofs \\S+, Java \\d+\\S* of .+, Linux \\d+\\.\\S+ on amd64, Debian GNU/Linux .*"),
                    doctor.lines().get(0));
            assertEquals("ok /dev/fuse is there", doctor.lines().get(1));
            assertEquals("ok libfuse.so.2 can be loaded", doctor.lines().get(2));
            assertEquals(
                    "ok root with CAP_SYS_ADMIN and CAP_LEASE", doctor.lines().get(3));
            assertEquals(
                    "ok segment directory " + segments + " is a tmpfs, owned by root and sticky",
                    doctor.lines().get(4));
            assertTrue(
                    doctor.lines().get(5).contains("clang-19 (19."),
                    doctor.lines().get(5));
            assertTrue(
                    doctor.lines().get(6).contains("llvm-profdata-14 (14."),
                    doctor.lines().get(6));
            assertEquals(7, doctor.lines().size());
            assertEquals(0, doctor.exitCode());
        } finally {
            umount();
        }
    }

    @Test
    void shouldNameTheDistribution() throws IOException {
        assertTrue(Versions.of(directory.resolve("none")).line().endsWith(", an unknown distribution"));
        assertTrue(Versions.of(Files.writeString(directory.resolve("os"), "ID=x\nPRETTY_NAME='An OS 1'\n"))
                .line()
                .endsWith(", An OS 1"));
    }

    @Test
    void shouldSayWhatABareMachineLacks() throws IOException {
        Path absent = directory.resolve("absent");
        Machine bare = new Machine(
                absent,
                "libnone.so.9",
                status("Uid:\t0\t1000\t0\t0\nCapEff:\t0\n"),
                absent,
                new Tools(List.of(absent)),
                new KernelFiles(absent, absent));

        assertEquals(
                List.of(
                        "NO " + absent + " is missing: modprobe fuse; give a container --device " + absent,
                        "NO libnone.so.9 cannot be loaded: " + FusePackage.howToInstall(),
                        "NO not root, and pgofs mount needs root: use sudo",
                        "-  segment directory " + absent
                                + " does not exist yet, so programs that start now are not counted: pgofs mount"
                                + " or systemctl start run-pgofs.mount makes it",
                        "NO clang is not on PATH: install it",
                        "NO llvm-profdata is not on PATH: install it"),
                MachineReport.of(bare).stream().map(Finding::line).toList());
    }

    @Test
    void shouldWantCapabilitiesOfRoot() throws IOException {
        String text = "Uid:\t0\t0\t0\t0\nCapEff:\t00000000a80425fb\n"; // what a container has by default
        Machine machine = new Machine(
                directory,
                "libfuse.so.2",
                status(text),
                segments,
                new Tools(List.of()),
                new KernelFiles(directory, directory));

        assertEquals(
                "NO root without CAP_SYS_ADMIN or CAP_LEASE: give the container more privileges",
                MachineReport.of(machine).get(2).line());
    }

    @Test
    void shouldLookAtTheSegmentDirectory() throws IOException {
        assertEquals(
                "-  segment directory " + segments + " is not a mount point yet: pgofs mount puts a tmpfs on it",
                segmentLine(segments));
        assertEquals(
                "NO segment directory /proc is a mount point of proc, not of a tmpfs: choose another",
                segmentLine(Path.of("/proc")));
        assertEquals(
                "NO segment directory /dev/null is not a directory: choose another by --segment-dir",
                segmentLine(Path.of("/dev/null")));
        mountTmpfs("mode=0733");
        try {
            assertEquals(
                    "NO segment directory " + segments + " must belong to root and be sticky: chown root, chmod 1733",
                    segmentLine(segments));
            Programs.run(List.of("chmod", "1733", segments.toString()));
            Programs.run(List.of("chown", "1000", segments.toString()));
            assertEquals(
                    "NO segment directory " + segments + " must belong to root and be sticky: chown root, chmod 1733",
                    segmentLine(segments));
            Programs.run(List.of("chown", "0", segments.toString()));
            Programs.run(List.of("chmod", "1777", segments.toString()));
            assertEquals(
                    "NO segment directory " + segments
                            + " can be listed by others: choose another one, or, if nothing else uses it, chmod 1733",
                    segmentLine(segments));
        } finally {
            umount();
        }
    }

    @Test
    void shouldSayWhatKeepsTheKernelFromBeingRead() throws IOException {
        Path notes = Files.createDirectories(directory.resolve("kernel")).resolve("notes");
        Machine machine = new Machine(
                directory,
                "libfuse.so.2",
                status(ROOT),
                segments,
                new Tools(List.of()),
                new KernelFiles(directory, directory));
        assertEquals(6, MachineReport.of(machine).size());

        Files.write(notes, new byte[] {6, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 'p', 'g', 'o', 'f', 's', 0, 0, 0});
        assertEquals(
                "NO the kernel of this machine: " + directory.resolve("kcore")
                        + " does not exist: the kernel needs CONFIG_PROC_KCORE=y, or a container hides it",
                MachineReport.of(machine).get(6).line());

        Files.write(directory.resolve("kcore"), coreFile());
        assertEquals(
                "ok the kernel of this machine can be read, and its modules",
                MachineReport.of(machine).get(6).line());
        Files.writeString(
                Files.createDirectories(directory.resolve("sys/kernel")).resolve("kptr_restrict"), "2\n");
        assertEquals(
                "NO the kernel of this machine: its modules cannot be read: sysctl kernel.kptr_restrict=1",
                MachineReport.of(machine).get(6).line());
    }

    /** The headers of an ELF core file with one part of no bytes. */
    private static byte[] coreFile() {
        return ByteBuffer.allocate(64 + 56)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0x464c457f)
                .put(4, (byte) 2)
                .put(5, (byte) 1)
                .putShort(16, (short) 4)
                .putShort(18, (short) 62)
                .putLong(32, 64)
                .putShort(54, (short) 56)
                .putShort(56, (short) 1)
                .array();
    }

    @Test
    void shouldTakeNoOtherProgramForATool() throws IOException {
        Path bin = Files.createDirectory(directory.resolve("bin"));
        for (String name : List.of("clang-19", "clang-cl", "clang-20", "clang-21", "clang")) {
            String version = name.equals("clang-20") ? "none" : "X version 19.1.7 (Debian)";
            Path script = Files.writeString(bin.resolve(name), "#!/bin/sh\necho '" + version + "'\n");
            boolean executable = !name.equals("clang-21");
            Files.setPosixFilePermissions(
                    script, PosixFilePermissions.fromString(executable ? "rwx------" : "rw-------"));
        }

        assertEquals(
                List.of(new Tool("clang", "19.1.7", 19), new Tool("clang-19", "19.1.7", 19)),
                new Tools(List.of(directory.resolve("none"), bin)).clangs());
    }

    private String segmentLine(Path path) throws IOException {
        Machine machine = new Machine(
                directory,
                "libfuse.so.2",
                status(ROOT),
                path,
                new Tools(List.of()),
                new KernelFiles(directory, directory));
        return MachineReport.of(machine).get(3).line();
    }

    private Path status(String text) throws IOException {
        return Files.writeString(directory.resolve("status"), text);
    }

    private void mountTmpfs(String mode) {
        Programs.run(List.of("mount", "-t", "tmpfs", "-o", mode, "doctor-test", segments.toString()));
    }

    private void umount() {
        Programs.run(List.of("umount", segments.toString()));
    }
}
