package org.pgofs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel that virtual machines of the tests boot: built once, by the commands of docs/kernel.md. */
final class RunningKernel {
    static final Path DOCUMENT = Checkout.ROOT.resolve("docs/kernel.md");
    private static final Path CACHE = UserModeLinuxFixture.CACHE;

    private RunningKernel() {}

    /** Builds it, unless it is there. Returns the directory of the build. */
    static Path build() throws IOException {
        Path reader = Files.createDirectories(CACHE.resolve("kernel-reader"));
        DocumentCommands.run(
                UserModeLinuxFixture.shell(reader),
                String.join("", DocumentCommands.of(DOCUMENT, "## Build the kernel")));
        return CACHE.resolve("x86_64");
    }

    /**
     * Boots it with the files of this machine; runs a command there, in a directory that both see, to its end. With one
     * processor: with two, QEMU's emulation made the JVM in the guest die of freshly compiled code now and then.
     */
    static Shell.Result boot(Path share, String command) throws IOException {
        Path init = share.resolve("init");
        Files.writeString(
                init,
                "#!/bin/sh\nexport PATH=%s:$PATH PGOFS_LOG=$PWD/daemon.log\nexec bash -c '%s' >log 2>&1 </dev/null\n"
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
                        "1G");
        String log = Files.exists(share.resolve("log")) ? Files.readString(share.resolve("log")) : "";
        return new Shell.Result(result.command(), result.status(), result.output(), result.errors() + log);
    }
}
