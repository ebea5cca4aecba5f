package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is built for a kernel that can be read while it runs. */
@Tag("kernel")
@Timeout(1800)
final class RunningKernelBuildIT {
    private static Path build;

    @TempDir
    Path directory;

    @BeforeAll
    @Timeout(1800)
    static void build() throws IOException {
        build = RunningKernel.OF_THE_DOCUMENT.build();
    }

    private static List<String> sections(String object) {
        return Shell.in(build)
                .bash("readelf -SW \"$1\" | sed -n 's/^ *\\[ *[0-9]*\\] *\\([^ ]*\\) .*/\\1/p'", object)
                .ok()
                .output()
                .lines()
                .toList();
    }

    @Test
    void shouldInstrumentAllButWhatReads() {
        assertTrue(sections("fs/read_write.o").contains("__llvm_prf_cnts"));
        assertFalse(sections("mm/maccess.o").contains("__llvm_prf_cnts"));
        assertFalse(sections("fs/proc/kcore.o").contains("__llvm_prf_cnts"));
    }

    /** One section of each kind: of several with one name, the kernel shows none. */
    @Test
    void shouldGiveEachModuleItsSectionsAndItsNote() {
        for (String module : List.of("fs/ext2/ext2.ko", "drivers/block/loop.ko")) {
            List<String> sections = sections(module);
            for (String name : List.of("data", "cnts", "names", "vals")) {
                String section = "__llvm_prf_" + name;
                assertEquals(1, sections.stream().filter(section::equals).count(), module + " " + section);
            }
            assertTrue(sections.contains(".note.pgofs"), module);
            assertTrue(sections.contains("__pgofs_sites"), module);
        }
    }

    @Test
    void shouldGiveTheKernelANote() {
        String notes = Shell.in(build).run("readelf", "-nW", "vmlinux").ok().output();
        assertTrue(notes.matches("(?s).*\\n +pgofs +0x00000078\\s.*"), notes);
    }

    @Test
    void shouldBuildNothingAgain() throws IOException {
        long before = Files.getLastModifiedTime(build.resolve("vmlinux")).toMillis();
        RunningKernel.OF_THE_DOCUMENT.build();
        assertEquals(before, Files.getLastModifiedTime(build.resolve("vmlinux")).toMillis());
    }

    @Test
    void shouldCountAtomicallyWhereThatIsWanted() throws Exception {
        Path built = directory.resolve("cache/x86_64");
        Path object = built.resolve("init/main.o");
        // All objects of the directory are whole then: make removes those that it is making when it is stopped.
        buildUntil(() -> Files.exists(built.resolve("init/built-in.a")), "--atomic");
        String instructions =
                Shell.in(built).run("objdump", "-d", object.toString()).ok().output();
        assertTrue(instructions.contains("lock inc"), "with lock");
        assertFalse(
                Shell.in(build)
                        .run("objdump", "-d", "init/main.o")
                        .ok()
                        .output()
                        .contains("lock inc"),
                "without");
    }

    /** A configuration as distributions have it: what is needed is added, and keys that only they have are left out. */
    @Test
    void shouldTakeAWholeConfiguration() throws Exception {
        Path whole = directory.resolve("config");
        Files.writeString(
                whole,
                Files.readString(build.resolve(".config"), StandardCharsets.UTF_8)
                                .replaceAll("(?m)^(CONFIG_GCOV.*|CONFIG_PROC_KCORE|CONFIG_DEBUG_FS)=.*\n", "")
                        + """
                        # CONFIG_GCOV_KERNEL is not set
                        # CONFIG_PROC_KCORE is not set
                        # CONFIG_DEBUG_FS is not set
                        CONFIG_CRYPTO=y
                        CONFIG_CRYPTO_RSA=y
                        CONFIG_CRYPTO_SHA256=y
                        CONFIG_KEYS=y
                        CONFIG_ASYMMETRIC_KEY_TYPE=y
                        CONFIG_ASYMMETRIC_PUBLIC_KEY_SUBTYPE=y
                        CONFIG_X509_CERTIFICATE_PARSER=y
                        CONFIG_PKCS7_MESSAGE_PARSER=y
                        CONFIG_SYSTEM_TRUSTED_KEYRING=y
                        CONFIG_SYSTEM_TRUSTED_KEYS="debian/certs/debian-uefi-certs.pem"
                        CONFIG_NETFILTER=y
                        """);
        Files.writeString(directory.resolve("fragment"), "CONFIG_GCOV_PROFILE_ALL=n\n");
        Path built = directory.resolve("cache/x86_64");
        buildUntil(
                () -> Files.exists(built.resolve(".pgofs.config")),
                "--config",
                whole.toString(),
                "--config",
                "fragment");
        List<String> lines = Files.readAllLines(built.resolve(".config"));
        for (String line : List.of(
                "CONFIG_GCOV_KERNEL=y",
                "# CONFIG_GCOV_PROFILE_ALL is not set",
                "CONFIG_PROC_KCORE=y",
                "CONFIG_DEBUG_FS=y",
                "CONFIG_SYSTEM_TRUSTED_KEYS=\"\"",
                "CONFIG_NETFILTER=y",
                "CONFIG_EXT2_FS=m")) {
            assertTrue(lines.contains(line), line);
        }
        assertFalse(text(directory.resolve("output")).contains("does not fit"), text(directory.resolve("output")));
    }

    /** Builds into a cache of its own, and stops when there is what is wanted. */
    private void buildUntil(BooleanSupplier condition, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Checkout.PGOFS.toString(),
                "kernel",
                "build",
                "--machine",
                "x86_64",
                "--source",
                UserModeLinuxFixture.SOURCE.toString()));
        command.addAll(List.of(options));
        Process process = UserModeLinuxFixture.shell(directory)
                .with("PGOFS_KERNEL_DIR", directory.resolve("cache").toString())
                .command(command.toArray(String[]::new))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        try {
            while (!condition.getAsBoolean()) {
                assertFalse(process.waitFor(100, TimeUnit.MILLISECONDS), () -> text(directory.resolve("output")));
            }
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
