package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong is said, by the command that fails and at the top of the status. */
final class TroubleIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;

    @TempDir
    Path directory;

    private static List<String> attention(PgofsMount mount) {
        Shell.Result status = mount.shell()
                .run(Checkout.PGOFS.toString(), "status", mount.root().toString())
                .ok();
        return status.output()
                .lines()
                .takeWhile(line -> line.startsWith("attention: "))
                .toList();
    }

    @Test
    void shouldSayThatStateIsDamagedAndServeTheCounts() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(5);
            mount.reset();
            worker.work(7);
            assertEquals(List.of(), attention(mount));
            mount.killDaemon();
            Path manifest = mount.segments().resolve(".state/manifest");
            Files.write(manifest, new byte[] {0}, StandardOpenOption.APPEND);
            mount.startDaemon();
            assertEquals(7, mount.profile(TOOLCHAIN).calls("counted"));
            assertEquals(1, attention(mount).size());
            assertTrue(attention(mount).get(0).contains(mount.segments() + "/.state/damaged-manifest has"));
        }
    }

    @Test
    void shouldSayThatThereIsNoSpaceAndGoOn() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            Shell shell = mount.shell();
            shell.bash("umount \"$1\"; mount -t tmpfs -o size=4m,mode=1733 pgofs \"$1\"", mount.segments())
                    .ok();
            mount.startDaemon();
            try (Worker worker = Worker.start(shell, program)) {
                worker.work(3);
                assertEquals(3, mount.profile(TOOLCHAIN).calls("counted"));
                Path reserve = mount.segments().resolve(".state/reserve");
                Await.until("there is a reserve", () -> Files.exists(reserve));
                Await.until(
                        "the image is saved",
                        () -> shell.bash("ls \"$1\"/.state/carry-*", mount.segments())
                                        .status()
                                == 0);
                shell.bash("rm \"$1\"/.state/reserve; cat /dev/zero >\"$1\"/.filler || true", mount.segments());

                Shell.Result reset = shell.bash("echo 1 >\"$1\"/pgo/reset", mount.root());
                assertFalse(reset.status() == 0);
                assertTrue(reset.errors().contains("No space left on device"), reset::toString);
                try (Worker refused = Worker.start(shell, program)) {
                    refused.work(1000);
                    worker.work(10);
                    assertEquals(13, mount.profile(TOOLCHAIN).calls("counted"));
                }
                String attention = attention(mount).toString();
                assertTrue(attention.contains("counts cannot be saved since "), attention);
                String refused = "a program or library could not publish its counters, 1 times";
                assertTrue(attention.contains(refused), attention);

                shell.bash("rm \"$1\"/.filler", mount.segments()).ok();
                mount.reset();
                worker.work(100);
                assertEquals(100, mount.profile(TOOLCHAIN).calls("counted"));
                assertEquals(List.of(), attention(mount));
            }
        }
    }
}
