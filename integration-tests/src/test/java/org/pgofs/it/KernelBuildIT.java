package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How kernels are built: again, only in part, with a profile. */
final class KernelBuildIT extends UserModeLinuxFixture {
    private static final int JOBS = 2;
    private static final String OPTIONS = "CONFIG_EXT2_FS=m\nCONFIG_BLK_DEV_LOOP=y\n";

    /** By Ctrl-C, which reaches everything that the terminal runs, and by a signal to the command alone. */
    @Test
    void shouldGoOnWhereABuildWasInterrupted() throws Exception {
        Path cache = Files.createDirectory(directory.resolve("cache"));
        Map<Path, FileTime> before = Map.of();
        for (int run = 0; run < 2; run++) {
            interruptBuild(cache, before.size() + 20, run == 0);
            Map<Path, FileTime> now = compiled(cache);
            long again = before.entrySet().stream()
                    .filter(file -> !file.getValue().equals(now.get(file.getKey())))
                    .count();
            assertTrue(again <= JOBS, again + " of " + before.size() + " were compiled again");
            assertTrue(now.size() > before.size(), now.size() + " and not more than " + before.size());
            before = now;
        }
    }

    private static void interruptBuild(Path cache, int files, boolean byTerminal) throws Exception {
        Process build = Shell.in(cache)
                .with("PGOFS_KERNEL_DIR", cache.toString())
                .command(
                        "env",
                        "--default-signal=INT",
                        "setsid",
                        Checkout.PGOFS.toString(),
                        "kernel",
                        "build",
                        "--jobs",
                        Integer.toString(JOBS),
                        "--source",
                        SOURCE.toString())
                .redirectErrorStream(true)
                .redirectOutput(cache.resolve("output").toFile())
                .start();
        while (compiled(cache).size() < files) {
            assertFalse(build.waitFor(100, TimeUnit.MILLISECONDS), "the build ended");
        }
        Shell.in(cache)
                .run("kill", byTerminal ? "-INT" : "-TERM", "--", (byTerminal ? "-" : "") + build.pid())
                .ok();
        assertEquals(130, build.waitFor());
        String output = Files.readString(cache.resolve("output"), StandardCharsets.UTF_8);
        assertTrue(output.endsWith("interrupted; the same command goes on where it was\n"), output);
        Shell.in(cache).run("flock", "-n", "um/.pgofs.lock", "true").ok();
        String left = Shell.in(cache)
                .bash("for p in /proc/[0-9]*; do [[ $(readlink $p/cwd) != $PWD/* ]] || tr '\\0' ' ' <$p/cmdline; done")
                .ok()
                .output();
        assertEquals("", left);
    }

    /** What make would not compile again, and when it did. A build that runs makes and removes files meanwhile. */
    private static Map<Path, FileTime> compiled(Path cache) throws IOException {
        Map<Path, FileTime> files = new HashMap<>();
        if (Files.exists(cache.resolve("um/.pgofs.config"))) {
            Files.walkFileTree(cache.resolve("um"), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(".o.cmd")) {
                        files.put(file, attributes.lastModifiedTime());
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }
            });
        }
        return files;
    }

    /** "All" is what the others test. The kernel's own Makefiles say what is instrumented; the edited tree is an overlay. */
    @Test
    void shouldInstrumentAllButWhatTheMakefilesExclude() throws Exception {
        script("true");
        Set<String> all = functions("um");
        assertTrue(all.contains("start_kernel"), "init/main.c");
        assertTrue(all.contains("schedule"), "kernel/sched");

        Set<String> others = functionsOf("um", "GCOV_PROFILE := n", "GCOV_PROFILE_main.o := n", OPTIONS);
        assertFalse(others.contains("start_kernel"));
        assertFalse(others.stream().anyMatch(name -> name.startsWith("kernel/sched/")));
        assertTrue(others.contains("init/do_mounts.c:mount_root") || others.contains("mount_root"), "the rest of init");
        assertTrue(others.size() > all.size() * 9 / 10, others.size() + " of " + all.size());
    }

    @Test
    void shouldInstrumentOnlyWhatTheMakefilesName() throws Exception {
        // Checksums of symbols are made for modules, and must be found for all: the module is loaded.
        script("insmod " + directory.resolve("copy/um/fs/ext2/ext2.ko"));
        Set<String> only = functionsOf(
                "um-plain",
                "GCOV_PROFILE := y",
                "GCOV_PROFILE_main.o := y",
                OPTIONS + "CONFIG_GCOV_PROFILE_ALL=n\nCONFIG_MODVERSIONS=y\n");
        assertTrue(only.contains("start_kernel"));
        assertTrue(only.contains("schedule"), only.toString());
        assertFalse(only.contains("vfs_read"));
        assertFalse(only.stream().anyMatch(name -> name.startsWith("fs/")), only.toString());
    }

    @Test
    void shouldRebuildWithTheProfileAndCompare() throws IOException {
        Profile profile = Profile.of(Toolchain.DEFAULT, READER.resolve("vmlinux.profdata"));
        assertEquals(0, most(profile, "start_kernel"));
        assertTrue(most(profile, "vfs_read") > 500, "files were read");
        String output = document.output();
        assertTrue(output.contains("\nMedians of 1; "), output);
        for (String work : List.of("boot", "syscalls", "tree", "pipes")) {
            assertTrue(output.matches("(?s).*\n" + work + "( +\\d+ +\\d+ +(\\d+\\.\\d\\d|-)){2}\n.*"), output);
        }
        assertFalse(output.contains("does not fit"), output);
        String log = Files.readString(CACHE.resolve("um-optimised/.pgofs.log"), StandardCharsets.UTF_8);
        assertFalse(log.contains("profile data may be"), log);
        for (String name : List.of("um-plain", "um-optimised")) {
            assertFalse(sections(CACHE.resolve(name + "/vmlinux")).contains("__llvm_prf"), name);
        }
        assertNotEquals(
                Files.size(CACHE.resolve("um-plain/vmlinux")), Files.size(CACHE.resolve("um-optimised/vmlinux")));
    }

    @Test
    void shouldKeepItsBuildsFromOthersWhileItMeasures() throws Exception {
        Process process = shell(room)
                .command(
                        Checkout.PGOFS.toString(),
                        "kernel",
                        "optimize",
                        "--runs",
                        "1",
                        READER.resolve("vmlinux.profdata").toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            while (line != null && !line.startsWith("measuring")) {
                line = output.readLine();
            }
            assertEquals("measuring, 1 of 1", line);
            Shell.Result second = shell(room)
                    .run(
                            Checkout.PGOFS.toString(),
                            "kernel",
                            "optimize",
                            READER.resolve("vmlinux.profdata").toString());
            assertEquals(1, second.status());
            assertTrue(
                    second.errors().contains("another command is running and uses " + CACHE.resolve("um-plain")),
                    second.errors());
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    /** As if they had never been there. */
    @Test
    void shouldLeaveTheSourceAsItIs() {
        Shell.in(CACHE)
                .bash(
                        "tar -dJf /usr/src/linux-source-6.1.tar.xz;"
                                + "[ \"$(find linux-source-6.1 | wc -l)\" = \"$(tar -tJf /usr/src/linux-source-6.1.tar.xz | wc -l)\" ]")
                .ok();
    }

    /** Builds on, from a copy of a build, with lines added to Makefiles; returns the functions that are instrumented. */
    private Set<String> functionsOf(String build, String scheduler, String main, String options) throws IOException {
        Path copy = Files.createDirectory(directory.resolve("copy"));
        Files.writeString(copy.resolve("fragment"), options);
        shell(copy)
                .with("PGOFS_KERNEL_DIR", copy.toString())
                .run(
                        "unshare",
                        "--mount",
                        "bash",
                        "-euc",
                        "cp -a \"$1\" um; mkdir upper work;"
                                + "mount -t overlay overlay -o \"lowerdir=$2,upperdir=upper,workdir=work\" \"$2\";"
                                + "echo \"$3\" >>\"$2/kernel/sched/Makefile\"; echo \"$4\" >>\"$2/init/Makefile\";"
                                + "\"$PGOFS\" kernel build --source \"$2\" --config fragment",
                        "bash",
                        CACHE.resolve(build).toString(),
                        SOURCE.toString(),
                        scheduler,
                        main)
                .ok();
        return profiled(copy);
    }

    private Set<String> functions(String build) throws IOException {
        return profiled(CACHE.resolve(build).getParent());
    }

    /** Boots the kernel of a cache with the script, and returns the names of the functions in its profile. */
    private Set<String> profiled(Path cache) throws IOException {
        Path own = Files.createTempDirectory(directory, "profiled");
        try (PgofsMount mount = PgofsMount.start(own)) {
            mount.shell()
                    .with("PGOFS_KERNEL_DIR", cache.toString())
                    .run(
                            Checkout.PGOFS.toString(),
                            "kernel",
                            "run",
                            "--init",
                            room.resolve("script").toString())
                    .ok();
            return Collections.unmodifiableSet(Profile.of(Toolchain.DEFAULT, copy(mount, "vmlinux"))
                    .counts()
                    .keySet());
        }
    }

    private static String sections(Path program) {
        return Shell.in(Checkout.ROOT)
                .run("readelf", "-SW", program.toString())
                .ok()
                .output();
    }
}
