package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code pgofs attach} and {@code detach}, with a program that lies in a file as a kernel does in its machine's memory. */
final class AttachIT {
    @TempDir
    Path directory;

    private Path memory;

    @BeforeEach
    void choose() {
        memory = directory.resolve("ram");
    }

    private static Path kernel(Toolchain toolchain, Path file, String... options) {
        Path object = file.resolveSibling(file.getFileName() + ".o");
        Object[] compile = new Object[options.length + 6];
        System.arraycopy(options, 0, compile, 6, options.length);
        compile[0] = "-c";
        compile[1] = "-fno-pie";
        compile[2] = "-fprofile-generate";
        compile[3] = "-mllvm";
        compile[4] = "-disable-vp";
        compile[5] = Checkout.SOURCES.resolve("c/guest.c");
        // Linked as a kernel is: without a runtime.
        return toolchain.clang(file, "-no-pie", toolchain.clang(object, compile));
    }

    private Worker start(PgofsMount mount, Path kernel, int load) throws IOException {
        return Worker.start(
                mount.shell().with("GUEST_MEMORY", memory.toString()).with("GUEST_LOAD", String.valueOf(load)), kernel);
    }

    private Shell.Result pgofs(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = Checkout.PGOFS.toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Shell.in(directory).run(command);
    }

    private Shell.Result attach(PgofsMount mount, Path kernel) {
        return pgofs(
                "attach",
                "--vmlinux",
                kernel.toString(),
                "--ram",
                memory.toString(),
                mount.root().toString());
    }

    /** Attaches it while it counts, as a kernel always does. */
    private void attachWhileItCounts(PgofsMount mount, Path kernel, Worker guest) throws Exception {
        Process attaching = mount.shell()
                .command(
                        Checkout.PGOFS.toString(),
                        "attach",
                        "--vmlinux",
                        kernel.toString(),
                        "--ram",
                        memory.toString(),
                        "--name",
                        "vm",
                        mount.root().toString())
                .start();
        while (attaching.isAlive()) {
            guest.work(1);
        }
        String answer = new String(attaching.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(answer.matches("attached vm: vmlinux-[0-9a-f]{8}, counting\n"), answer);
    }

    @ParameterizedTest
    @CsvSource({"14, 0", "19, 34"})
    void shouldCountExactlyFromOutside(int version, int load) throws Exception {
        Toolchain toolchain = new Toolchain(version);
        Path kernel = kernel(toolchain, directory.resolve("vmlinux"), "-Wl,--build-id");
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker guest = start(mount, kernel, load)) {
            guest.tell("boot 0");
            attachWhileItCounts(mount, kernel, guest);
            mount.reset();
            assertEquals(0, mount.profile(toolchain).calls("counted"));
            guest.work(1000);
            assertEquals(1000, mount.profile(toolchain).calls("counted"));

            Object status = Json.parse(
                    pgofs("status", "--json", mount.root().toString()).ok().output());
            assertTrue(status.toString().contains("state=counting, reboots=0"), status.toString());

            mount.killDaemon();
            guest.work(100);
            mount.startDaemon();
            assertEquals(1100, mount.profile(toolchain).calls("counted"));

            guest.tell("reboot 0");
            guest.work(10);
            assertEquals(1110, mount.profile(toolchain).calls("counted"));
            guest.kill();
            assertEquals(1110, mount.profile(toolchain).calls("counted"));
            String text = Files.readString(mount.root().resolve("pgo/status"));
            assertFalse(text.contains("guests"), text);
        }
    }

    @Test
    void shouldKeepTheCountsOfADetachedMachine() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path kernel = kernel(toolchain, directory.resolve("vmlinux"));
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker guest = start(mount, kernel, 6)) {
            guest.tell("boot 0");
            attachWhileItCounts(mount, kernel, guest);
            mount.reset();
            guest.work(10);
            pgofs("detach", "vm", mount.root().toString()).ok();
            guest.work(100);
            assertEquals(10, mount.profile(toolchain).calls("counted"));
            assertRefused(
                    "there is no guest vm", pgofs("detach", "vm", mount.root().toString()));
        }
    }

    @Test
    void shouldSayWhyAMachineCannotBeAttached() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path kernel = kernel(toolchain, directory.resolve("vmlinux"));
        Path other = kernel(toolchain, directory.resolve("other"), "-DRELEASE=\"2.0\"", "-DOTHER");
        Path plain = toolchain.clang(directory.resolve("plain"), Checkout.SOURCES.resolve("c/guest.c"));
        Path stripped = directory.resolve("stripped");
        Shell.in(directory)
                .run("strip", "-o", stripped.toString(), kernel.toString())
                .ok();
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker guest = start(mount, kernel, 6)) {
            guest.tell("boot 0");
            assertRefused(
                    "has another kernel than " + other + ": 'Linux version 1.0 (a program)' and not 'Linux version 2.0"
                            + " (a program)'",
                    attach(mount, other));
            assertRefused("is not instrumented", attach(mount, plain));
            assertRefused("is it stripped?", attach(mount, stripped));
            assertRefused("is not an ELF file", attach(mount, Files.writeString(directory.resolve("text"), "text")));
            assertRefused("does not exist", attach(mount, directory.resolve("none")));
            assertRefused("not a regular file", attach(mount, directory));
            assertRefused(
                    "give --name",
                    pgofs(
                            "attach",
                            "--vmlinux",
                            kernel.toString(),
                            "--ram",
                            "/",
                            mount.root().toString()));
            guest.end();
            assertRefused("is not used by any virtual machine", attach(mount, kernel));
            memory = directory.resolve("none");
            assertRefused("does not exist", attach(mount, kernel));
        }
        memory = directory.resolve("ram");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        assertRefused("is not a mount point of pgofs", pgofs("detach", "vm", empty.toString()));
        assertEquals(2, pgofs("attach", empty.toString()).status());
    }

    /** Whoever owns the mount: the daemon opens as root what is named there. */
    @Test
    void shouldTakeRequestsFromRootOnly() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            mount.startDaemon("-o", "mode=0755,uid=65534,gid=65534");
            Map<String, Object> attributes = Files.readAttributes(mount.root().resolve("pgo/.guests"), "unix:uid,mode");
            assertEquals(0, attributes.get("uid"));
            assertEquals(0600, (int) attributes.get("mode") & 07777);
        }
    }

    private static void assertRefused(String reason, Shell.Result result) {
        assertEquals(1, result.status(), result.toString());
        assertTrue(
                result.errors().startsWith("pgofs: ")
                        && result.errors().contains(reason)
                        && result.errors().lines().count() == 1,
                result.errors());
    }
}
