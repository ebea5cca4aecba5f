package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The kernel as a target, as it runs. */
final class UserModeLinuxIT extends UserModeLinuxFixture {
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
                    .with("TMPDIR", blank.toString())
                    .with("PGOFS_SEGMENT_DIR", mount.segments().toString());
            assertEquals(4, GuestKernel.boot(inside, script).join());
        }
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

    private GuestKernel boot(PgofsMount mount, Path init, String... options) throws IOException {
        return GuestKernel.boot(shell(mount), init, options);
    }

    private static String status(PgofsMount mount) {
        return Shell.in(Checkout.ROOT)
                .bash("cat \"$1\"/pgo/images/vmlinux-*/status", mount.root())
                .ok()
                .output();
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

    @Test
    void shouldRefuseDirectoriesThatTheGuestWouldNotSee() throws IOException {
        script("true");
        Path hidden = Files.createTempDirectory(Path.of("/dev/shm"), "pgofs");
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Shell.Result result = shell(mount)
                    .with("TMPDIR", hidden.toString())
                    .run(
                            Checkout.PGOFS.toString(),
                            "kernel",
                            "run",
                            "--init",
                            room.resolve("script").toString());
            assertEquals(
                    "pgofs kernel: the guest does not see " + hidden
                            + ", since it has a /dev/shm of its own: take another directory\n",
                    result.errors());
            assertEquals(1, result.status());
        } finally {
            Files.delete(hidden);
        }
    }
}
