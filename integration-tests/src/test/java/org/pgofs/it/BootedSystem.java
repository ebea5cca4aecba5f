package org.pgofs.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A distribution in a directory, booted by its own systemd on this machine's kernel. */
final class BootedSystem implements AutoCloseable {
    private static final Path SCRIPTS = Checkout.SOURCES.resolve("resources/boot");

    private final Path tree;
    private Process machine;

    /**
     * Not booted yet.
     *
     * @param tree the directory
     */
    private BootedSystem(Path tree) {
        this.tree = tree;
    }

    /**
     * Makes a small system out of the packages of a distribution.
     *
     * @param directory gets it
     * @param suite the name of the distribution's release
     * @param mirror where its packages are
     */
    static BootedSystem make(Path directory, String suite, String mirror) {
        Path tree = directory.resolve(suite);
        Shell.in(directory)
                .run(SCRIPTS.resolve("tree").toString(), suite, mirror, tree.toString())
                .ok();
        return new BootedSystem(tree);
    }

    /** A file of the system, as this machine sees it. */
    Path file(String path) {
        return tree.resolve(path.substring(1));
    }

    /** Boots it, and waits until all of its services have been started. */
    void boot(Path log) throws IOException {
        machine = new ProcessBuilder(SCRIPTS.resolve("machine").toString(), tree.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        awaitBoot();
    }

    /** As an administrator does it; what ran is gone. */
    void reboot() {
        long before = init().orElseThrow().pid();
        run("systemctl reboot");
        Await.until("it restarts", () -> {
            requireAlive();
            return init().filter(now -> now.pid() != before).isPresent();
        });
        awaitBoot();
    }

    private void awaitBoot() {
        Await.until("systemd runs", () -> {
            requireAlive();
            return init().isPresent()
                    && attempt("systemctl is-system-running >/dev/null").status() <= 1;
        });
        run("wait_for 'systemctl is-system-running' running");
    }

    private void requireAlive() {
        if (!machine.isAlive()) {
            throw new AssertionError("the machine ended with " + machine.exitValue());
        }
    }

    /** A script in the running system. */
    String run(String script) {
        return attempt(script).ok().output();
    }

    private Shell.Result attempt(String script) {
        return Shell.in(tree)
                .run(
                        "nsenter",
                        "--all",
                        "--target",
                        String.valueOf(init().orElseThrow().pid()),
                        "env",
                        "-i",
                        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                        "DEBIAN_FRONTEND=noninteractive",
                        "bash",
                        "-euxo",
                        "pipefail",
                        "-c",
                        script("wait") + script);
    }

    /** One of the scripts beside this one. */
    static String script(String name) {
        try {
            return Files.readString(SCRIPTS.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its first process. */
    private Optional<ProcessHandle> init() {
        try (Stream<ProcessHandle> all = machine.descendants()) {
            return all.filter(process -> name(process).equals("systemd")
                            && process.parent()
                                    .filter(above -> name(above).equals("systemd-nspawn"))
                                    .isPresent())
                    .findFirst();
        }
    }

    private static String name(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/comm")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        if (machine != null) {
            machine.getOutputStream().close();
            machine.onExit().completeOnTimeout(machine, 1, TimeUnit.MINUTES).join();
            machine.destroyForcibly();
        }
        Shell.in(tree.getParent()).run("rm", "-rf", "--one-file-system", tree.toString());
    }
}
