package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernel as a target: built, booted and profiled as docs/kernel.md says. Source and builds are kept in target/kernel,
 * so that only the first run takes its time.
 */
@Tag("kernel")
@Timeout(1800)
final class UserModeLinuxIT {
    private static final Path CACHE = Checkout.ROOT.resolve("integration-tests/target/kernel");
    private static final Path SOURCE = CACHE.resolve("linux-source-6.1");
    private static final int JOBS = 2;
    private static final String OPTIONS = "CONFIG_EXT2_FS=m\nCONFIG_BLK_DEV_LOOP=y\n";

    @TempDir
    static Path reader;

    private static Shell.Result document;

    @TempDir
    Path directory;

    private Path room;

    /** Runs the commands of the document, as a reader does; all that is built is built by them. */
    @BeforeAll
    @Timeout(1800) // three builds of a kernel; that of the class is for tests only
    static void runTheCommandsOfTheDocument() throws IOException {
        Files.createDirectories(CACHE);
        List<String> blocks = DocumentCommands.of(Checkout.ROOT.resolve("docs/kernel.md"), "");
        document = DocumentCommands.run(shell(reader), String.join("", blocks));
    }

    @BeforeEach
    void room() throws IOException {
        room = Files.createDirectory(directory.resolve("room"));
        Toolchain.DEFAULT.clang(room.resolve("guest"), Checkout.SOURCES.resolve("c/in_guest.c"), "-static");
    }

    @Test
    void shouldCountWhatTheGuestDoesBetweenResetAndCopy() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory);
                GuestKernel guest = boot(mount, room.resolve("guest"))) {
            guest.await("ready");
            mount.reset();
            guest.tell("go");
            guest.await("done");
            Path copy = copy(mount, "vmlinux");
            guest.tell("end");

            Profile profile = Profile.of(Toolchain.DEFAULT, copy);
            assertEquals(10_000, profile.calls("sys_getppid"));
            for (String function : List.of("start_kernel", "calibrate_delay")) {
                assertEquals(
                        Set.of(0L), Set.copyOf(profile.counts().get(function).get(0)), function);
            }
            assertEquals(7, guest.join());
            assertTrue(status(mount).contains("live processes  0"), status(mount));
            assertNothingLeft();
        }
    }

    @Test
    void shouldLoseNothingWhenTheKernelIsKilled() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory);
                GuestKernel guest = boot(mount, room.resolve("guest"))) {
            guest.await("ready");
            mount.reset();
            guest.tell("go");
            guest.await("done");
            String kernel = Shell.in(room)
                    .bash("pgrep -f \"^$1/um/vmlinux .*pgofs_dir=.$2\" | head -n 1", CACHE, room)
                    .ok()
                    .output()
                    .strip();
            Shell.in(room).run("kill", "-KILL", kernel).ok();
            assertEquals(1, guest.join());
            assertEquals(
                    10_000,
                    Profile.of(Toolchain.DEFAULT, copy(mount, "vmlinux")).calls("sys_getppid"));
            assertTrue(status(mount).contains("live processes  0"), status(mount));
            assertNothingLeft();
        }
    }

    @Test
    void shouldEndWithItsCommand() throws Exception {
        for (String signal : List.of("INT", "KILL")) {
            try (PgofsMount mount = PgofsMount.start(Files.createDirectory(directory.resolve(signal)));
                    GuestKernel guest = boot(mount, room.resolve("guest"))) {
                guest.await("ready");
                Shell.in(room)
                        .run("kill", "-" + signal, Long.toString(guest.pid()))
                        .ok();
                assertEquals(signal.equals("INT") ? 130 : 137, guest.join());
                Await.until("no process of the guest is left", () -> guestProcesses()
                        .isEmpty());
                assertTrue(status(mount).contains("live processes  0"), status(mount));
            }
        }
    }

    @Test
    void shouldKeepItsHandsOffTheHostAndSayWhyItDidNotStart() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            script("touch script.touched; [ -e /proc/1/stat ] && [ ! -e script.touched ] && exit 3");
            assertEquals(3, boot(mount, room.resolve("script")).join());
            script("touch script.touched");
            assertEquals(0, boot(mount, room.resolve("script"), "--rw").join());
            assertTrue(Files.exists(room.resolve("script.touched")));
            Shell.Result failed = shell(mount).bash("\"$PGOFS\" kernel run --init ./script --append init=/missing");
            assertEquals(1, failed.status());
            assertTrue(failed.errors().contains("Requested init /missing failed"), failed.errors());
            assertTrue(failed.errors().contains("pgofs kernel: the kernel ended before its init did"), failed.errors());
            assertNothingLeft();
        }
    }

    /** Through its root, through mounts of its own, and by way of processes that see other mounts. */
    @Test
    void shouldNotLetTheGuestsRootWriteToTheHostUnlessItIsTold() throws Exception {
        Path other = Files.createDirectory(room.resolve("other files"));
        Shell.in(room).run("mount", "-t", "tmpfs", "tmpfs", other.toString()).ok();
        script(
                "mount -o remount,rw /; mkdir /run/files",
                "for files in \"$PWD\" \"$PWD/other files\"; do",
                "  echo 1 >\"$files/direct\"",
                "  for way in '' /proc/1/root; do",
                "    mount -t hostfs -o \"$way$files\" none /run/files && echo 1 >\"/run/files/mounted$(basename \"$way\")\"",
                "    umount /run/files",
                "  done",
                "done; exit 5");
        try (PgofsMount mount = PgofsMount.start(directory)) {
            assertEquals(5, boot(mount, room.resolve("script")).join());
            assertEquals("", written());
            assertEquals(5, boot(mount, room.resolve("script"), "--rw").join());
            assertEquals(
                    "direct\nmounted\nmountedroot\nother files/direct\nother files/mounted\nother files/mountedroot\n",
                    written());
            assertNothingLeft();
        } finally {
            Shell.in(room).run("umount", "-l", other.toString());
        }
    }

    private String written() {
        return Shell.in(room)
                .bash("find . -name direct -o -name 'mounted*' | sed 's,^./,,' | sort")
                .ok()
                .output();
    }

    @Test
    void shouldRunInADirectoryWithABlankInItsName() throws Exception {
        Path blank = Files.createDirectory(room.resolve("a room"));
        script("[ \"$PWD\" = '" + blank + "' ] && exit 4");
        Path script = Files.move(room.resolve("script"), blank.resolve("a script"));
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Shell inside = shell(blank)
                    .with("TMPDIR", room.toString())
                    .with("PGOFS_SEGMENT_DIR", mount.segments().toString());
            assertEquals(4, GuestKernel.boot(inside, script).join());
        }
    }

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

    /** What make would not compile again, and when it did. */
    private static Map<Path, FileTime> compiled(Path cache) throws IOException {
        Map<Path, FileTime> files = new HashMap<>();
        if (Files.exists(cache.resolve("um/.pgofs.config"))) {
            try (Stream<Path> all = Files.walk(cache.resolve("um"))) {
                for (Path file :
                        (Iterable<Path>) all.filter(path -> path.toString().endsWith(".o.cmd"))::iterator) {
                    files.put(file, Files.getLastModifiedTime(file));
                }
            }
        }
        return files;
    }

    /** The counters of a module are in memory of the module. */
    @Test
    void shouldCountInModulesAndKeepWhatUnloadedOnesCounted() throws Exception {
        Shell.in(room)
                .bash("truncate -s 4M disk; mkdir files; touch files/one; mke2fs -q -t ext2 -d files disk")
                .ok();
        script(
                "set -e; insmod '" + CACHE
                        + "/um/fs/ext2/ext2.ko'; mkdir /run/disk; mount -t ext2 -o ro,loop disk /run/disk",
                "./guest /run/disk/one || [ $? = 7 ]",
                "umount /run/disk; rmmod ext2; [ ! -e /sys/module/ext2 ]");
        try (PgofsMount mount = PgofsMount.start(directory);
                GuestKernel guest = boot(mount, room.resolve("script"))) {
            guest.await("ready");
            mount.reset();
            guest.tell("go");
            guest.await("done");
            Profile profile = Profile.of(Toolchain.DEFAULT, copy(mount, "ext2.ko"));
            assertEquals(1000, most(profile, "ext2_ioctl"));
            assertEquals(0, most(profile, "fs/ext2/super.c:ext2_fill_super"));
            assertEquals(0, most(profile, "cleanup_module"));
            guest.tell("end");
            assertEquals(0, guest.join());

            profile = Profile.of(Toolchain.DEFAULT, copy(mount, "ext2.ko"));
            assertEquals(1000, most(profile, "ext2_ioctl"));
            assertEquals(1, most(profile, "cleanup_module"));
        }
    }

    @Test
    void shouldNameTheTargetsOfIndirectCalls() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory);
                GuestKernel guest = boot(mount, room.resolve("guest"))) {
            guest.await("ready");
            Path copy = copy(mount, "vmlinux");
            assertTrue(targets(copy).contains(" fs/hostfs/hostfs_kern.c:hostfs_"), targets(copy));
        }
    }

    /** "All" is what the others test. The kernel's own Makefiles say what is instrumented; the edited tree is an overlay. */
    @Test
    void shouldInstrumentAllButWhatTheMakefilesExclude() throws Exception {
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
        Set<String> only = functionsOf(
                "um-plain", "GCOV_PROFILE := y", "GCOV_PROFILE_main.o := y", OPTIONS + "CONFIG_GCOV_PROFILE_ALL=n\n");
        assertTrue(only.contains("start_kernel"));
        assertTrue(only.contains("schedule"), only.toString());
        assertFalse(only.contains("vfs_read"));
        assertFalse(only.stream().anyMatch(name -> name.startsWith("fs/")), only.toString());
    }

    @Test
    void shouldRebuildWithTheProfileAndCompare() throws IOException {
        Profile profile = Profile.of(Toolchain.DEFAULT, reader.resolve("vmlinux.profdata"));
        assertEquals(0, most(profile, "start_kernel"));
        assertTrue(most(profile, "vfs_read") > 500, "files were read");
        String output = document.output();
        assertTrue(output.contains("\nMedians of 1, "), output);
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

    /** Boots the kernel of a cache, and returns the names of the functions in its profile. */
    private Set<String> profiled(Path cache) throws IOException {
        Path own = Files.createTempDirectory(directory, "profiled");
        script("true");
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

    private void script(String... lines) throws IOException {
        Path script = room.resolve("script");
        Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Shell.in(room).run("chmod", "+x", "script").ok();
    }

    private GuestKernel boot(PgofsMount mount, Path init, String... options) throws IOException {
        return GuestKernel.boot(shell(mount), init, options);
    }

    private Shell shell(PgofsMount mount) {
        return shell(room).with("PGOFS_SEGMENT_DIR", mount.segments().toString());
    }

    private static Shell shell(Path directory) {
        return Shell.in(directory)
                .patient()
                .with("PGOFS_KERNEL_DIR", CACHE.toString())
                .with("PGOFS", Checkout.PGOFS.toString())
                .with("TMPDIR", directory.toString());
    }

    private static Path copy(PgofsMount mount, String image) {
        Path copy = mount.root().resolveSibling(image + ".profraw");
        Shell.in(mount.root())
                .bash("cp -a pgo/images/$1-*/profraw \"$2\"", image, copy)
                .ok();
        return copy;
    }

    private static String status(PgofsMount mount) {
        return Shell.in(Checkout.ROOT)
                .bash("cat \"$1\"/pgo/images/vmlinux-*/status", mount.root())
                .ok()
                .output();
    }

    private static long most(Profile profile, String function) {
        return Collections.max(profile.counts().get(function).get(0));
    }

    private static String targets(Path profile) {
        return Shell.in(Checkout.ROOT)
                .bash(
                        "\"$1\" show --ic-targets --all-functions \"$2\" | grep -E '^\\s*\\[ *[0-9]+, .*, +[1-9]'",
                        Toolchain.DEFAULT.profdata(),
                        profile)
                .ok()
                .output();
    }

    private static String sections(Path program) {
        return Shell.in(Checkout.ROOT)
                .run("readelf", "-SW", program.toString())
                .ok()
                .output();
    }

    private static String guestProcesses() {
        return Shell.in(Checkout.ROOT)
                .bash("pgrep -a -f \"^$1/um/vmlinux \" || true", CACHE)
                .ok()
                .output();
    }

    private void assertNothingLeft() throws IOException {
        assertEquals("", guestProcesses());
        try (Stream<Path> files = Files.list(room)) {
            assertTrue(files.noneMatch(file -> file.getFileName().toString().startsWith("pgofs-kernel")));
        }
    }
}
