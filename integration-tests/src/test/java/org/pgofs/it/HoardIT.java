package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another user keeps as many files of a mount open as he can, in which everybody may look. */
final class HoardIT {
    @TempDir
    Path directory;

    @Test
    void shouldServeRootBesideAUserWhoKeepsFilesOpen() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.copy(Checkout.SOURCES.resolve("python/hoard.py"), directory.resolve("hoard.py"));
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon("-o", "mode=0755");
            try (Worker worker = Worker.start(mount.shell(), program)) {
                worker.work(3);
                Process hoard = mount.shell()
                        .command(
                                "setpriv",
                                "--reuid=54321",
                                "--regid=54321",
                                "--clear-groups",
                                "/usr/bin/python3",
                                directory.resolve("hoard.py").toString(),
                                mount.root().resolve("pgo/status").toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                String[] said = hoard.inputReader().readLine().split(" ", -1);
                assertEquals("EMFILE", said[0]);
                assertTrue(Integer.parseInt(said[1]) > 500, "as many as a user may have: " + said[1]);

                assertEquals(3, mount.profile(Toolchain.DEFAULT).calls("counted"));
                Path taken = directory.resolve("taken.profraw");
                Shell.in(directory)
                        .run("cp", mount.root().resolve("pgo/take").toString(), taken.toString())
                        .ok();
                assertEquals(3, Profile.of(Toolchain.DEFAULT, taken).calls("counted"));
                worker.work(4);
                mount.reset();
                assertEquals(0, mount.profile(Toolchain.DEFAULT).calls("counted"));
                Shell.in(directory)
                        .run(Checkout.PGOFS.toString(), "status", mount.root().toString())
                        .ok();

                hoard.getOutputStream().close();
                hoard.waitFor();
            }
        }
    }
}
