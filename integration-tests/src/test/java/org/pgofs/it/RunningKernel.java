package org.pgofs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A kernel that virtual machines of the tests boot: built once, by the commands of docs/kernel.md.
 *
 * @param cache where sources and builds are
 * @param options of the command that builds it, besides those of the document
 */
record RunningKernel(Path cache, String options) {
    static final Path DOCUMENT = Checkout.ROOT.resolve("docs/kernel.md");
    static final RunningKernel OF_THE_DOCUMENT = new RunningKernel(UserModeLinuxFixture.CACHE, "");
    static final RunningKernel NEWER =
            new RunningKernel(UserModeLinuxFixture.CACHE.resolveSibling("kernel-6.12"), " --source 6.12 --clang 19");

    private static final String BUILD = "pgofs kernel build --machine x86_64";

    /** Builds it, unless it is there. Returns the directory of the build. */
    Path build() throws IOException {
        Path reader = Files.createDirectories(cache.resolve("kernel-reader"));
        String commands = String.join("", DocumentCommands.of(DOCUMENT, "## Build the kernel"));
        DocumentCommands.run(shell(reader), commands.replace(BUILD, BUILD + options));
        return cache.resolve("x86_64");
    }

    /** A shell whose commands pgofs kernel find it. */
    Shell shell(Path directory) {
        return UserModeLinuxFixture.shell(directory).with("PGOFS_KERNEL_DIR", cache.toString());
    }

    /**
     * Boots it with the files of this machine; runs a command there, in a directory that both see, to its end. With one
     * processor: with two, QEMU's emulation made the JVM in the guest die of freshly compiled code now and then.
     */
    Shell.Result boot(Path share, String command) throws IOException {
        Path init = share.resolve("init");
        Files.writeString(
                init,
                "#!/bin/sh\nexport PATH=%s:$PATH PGOFS_LOG=$PWD/daemon.log\nexec bash -c '%s' >log 2>&1 </dev/null\n"
                        .formatted(Checkout.PGOFS.getParent(), command));
        Shell.in(share).run("chmod", "+x", "init").ok();
        Shell.Result result = shell(share)
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
