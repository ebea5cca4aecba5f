package org.pgofs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel that virtual machines of the tests boot: built once, as docs/kernel.md says. */
final class RunningKernel {
    /** On top of what {@code pgofs kernel build} has by itself. */
    private static final String OPTIONS = "CONFIG_EXT2_FS=m\nCONFIG_BLK_DEV=y\nCONFIG_BLK_DEV_LOOP=m\n";

    private RunningKernel() {}

    /** Builds it, unless it is there. Returns the directory of the build. */
    static Path build() throws IOException {
        Path options = Files.createDirectories(UserModeLinuxFixture.CACHE).resolve("running.config");
        Files.writeString(options, OPTIONS);
        UserModeLinuxFixture.shell(UserModeLinuxFixture.CACHE)
                .run(
                        Checkout.PGOFS.toString(),
                        "kernel",
                        "build",
                        "--machine",
                        "x86_64",
                        "--config",
                        options.toString())
                .ok();
        return UserModeLinuxFixture.CACHE.resolve("x86_64");
    }

    /** Boots it with the files of this machine; runs a command there, in a directory that both see, to its end. */
    static Shell.Result boot(Path share, String command) throws IOException {
        Path init = share.resolve("init");
        Files.writeString(
                init,
                "#!/bin/sh\nexport PATH=%s:$PATH\nexec bash -c '%s' >log 2>&1 </dev/null\n"
                        .formatted(Checkout.PGOFS.getParent(), command));
        Shell.in(share).run("chmod", "+x", "init").ok();
        Shell.Result result = UserModeLinuxFixture.shell(share)
                .run(
                        Checkout.PGOFS.toString(),
                        "kernel",
                        "run",
                        "--machine",
                        "qemu",
                        "--host",
                        "--share",
                        share.toString(),
                        "--init",
                        init.toString(),
                        "--mem",
                        "1G",
                        "--cpus",
                        "2");
        String log = Files.exists(share.resolve("log")) ? Files.readString(share.resolve("log")) : "";
        return new Shell.Result(result.command(), result.status(), result.output(), result.errors() + log);
    }
}
