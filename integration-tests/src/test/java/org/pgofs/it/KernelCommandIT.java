package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code pgofs kernel} says without building a kernel. */
final class KernelCommandIT {
    @TempDir
    Path directory;

    @Test
    void shouldExplainItself() throws IOException {
        for (List<String> words : List.of(List.of("--help"), List.of("-h"), List.of("run", "--help"))) {
            Shell.Result result = run(String.join(" ", words)).ok();
            assertTrue(result.output().startsWith("usage: pgofs kernel build"), result.output());
        }
        assertNothingMade();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|2|missing verb: build, run or optimize; see pgofs kernel --help",
                "bake|2|there is no verb bake; see pgofs kernel --help",
                "build --machine pdp11|2|there is no machine pdp11; see pgofs kernel --help",
                "build --jobs many|2|--jobs must be a number, not many; see pgofs kernel --help",
                "build --clang new|2|--clang must be a number, not new; see pgofs kernel --help",
                "build --jobs|2|--jobs needs a value; see pgofs kernel --help",
                "build --fast|2|there is no option --fast; see pgofs kernel --help",
                "build me|2|unexpected argument: me; see pgofs kernel --help",
                "build --source .|1|. is no source tree of the Linux kernel",
                "build --config missing|1|missing cannot be read",
                "run --mem lots|2|--mem must be a size like 256M, not lots; see pgofs kernel --help",
                "run --init missing|1|missing is no executable file",
                "run --add /bin/sh|2|--add needs --machine qemu; see pgofs kernel --help",
                "run --attach .|2|--attach needs --machine qemu; see pgofs kernel --help",
                "run --host|2|--host needs --machine qemu: the root of user-mode Linux is the files of this machine anyway;"
                        + " see pgofs kernel --help",
                "run --cpus 2|2|--cpus needs --machine qemu: user-mode Linux has one processor; see pgofs kernel --help",
                "run --machine qemu --cpus no|2|--cpus must be a number, not no; see pgofs kernel --help",
                "run --machine qemu --share .|2|--share needs --host; see pgofs kernel --help",
                "run --machine qemu --host --share missing|1|missing is no directory",
                "build --source 0.9|1|there is no /usr/src/linux-source-0.9.tar.xz: apt-get install linux-source-0.9, or give a"
                        + " tree by --source",
                "run --machine qemu --rw|2|--rw needs --machine um; see pgofs kernel --help",
                "run|1|there is no kernel in cache/um: pgofs kernel build makes one",
                "run --machine arm64|1|there is no kernel in cache/arm64: pgofs kernel build --machine arm64 makes one",
                "run --machine arm64 --host|2|--host needs --machine qemu: the programs of this machine do not run on AArch64;"
                        + " see pgofs kernel --help",
                "run --machine arm64 --busybox missing|1|missing is no executable file",
                "run --busybox /bin/sh|2|--busybox needs --machine arm64; see pgofs kernel --help",
                "optimize --machine arm64 x|2|optimize has no workload for --machine arm64; see pgofs kernel --help",
                "run --append -h|1|there is no kernel in cache/um: pgofs kernel build makes one",
                "optimize|2|optimize needs a profile; see pgofs kernel --help",
                "optimize a b|2|optimize needs a profile; see pgofs kernel --help",
                "optimize missing|1|missing cannot be read",
                "optimize --runs none a|2|--runs must be a number, not none; see pgofs kernel --help",
            })
    void shouldRefuse(String words, int status, String reason) throws IOException {
        Shell.Result result = run(words == null ? "" : words);
        assertEquals("pgofs kernel: " + reason + "\n", result.errors());
        assertEquals(status, result.status());
        assertEquals("", result.output());
        assertNothingMade();
    }

    @Test
    void shouldRefuseASourceTreeInWhichSomethingWasBuilt() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree/arch/um"))
                .getParent()
                .getParent();
        Files.createFile(tree.resolve("Kbuild"));
        Files.createFile(tree.resolve(".config"));
        Shell.Result result = run("build --source tree");
        assertEquals(1, result.status());
        assertTrue(
                result.errors().contains("something was built in " + tree.toRealPath() + " itself"), result.errors());
        assertNothingMade();
    }

    private Shell.Result run(String words) {
        return Shell.in(directory)
                .with("PGOFS_KERNEL_DIR", "cache")
                .with("JAVA_HOME", "/nonexistent")
                .bash(Checkout.PGOFS + " kernel " + words);
    }

    private void assertNothingMade() {
        assertFalse(Files.exists(directory.resolve("cache")));
    }
}
