package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The package on an AArch64 machine, which QEMU emulates: Debian's kernel, Java and libfuse for it, a workflow with programs for it,
 * and the tests of what speaks with the kernel and of segments.
 */
@Tag("aarch64")
final class AArch64SystemIT {
    private static final Toolchain CLANG = new Toolchain(19, Target.AARCH64);
    private static final Path SCRIPTS = Checkout.SOURCES.resolve("resources/aarch64");
    private static final String SEEN = "seen: ";
    private static final String PROFILE = "profile";

    @TempDir
    Path directory;

    private Path tree;

    @Test
    @Timeout(value = 45, unit = TimeUnit.MINUTES)
    void shouldServeAndPassItsTests() throws Exception {
        Stopwatch stopwatch = new Stopwatch("pgofs: test on AArch64:");
        tree = directory.resolve("tree");
        Shell.in(directory)
                .run(SCRIPTS.resolve("tree").toString(), tree.toString())
                .ok();
        stopwatch.lap("Debian for AArch64");
        installPackage();
        placePrograms();
        placeTests();
        stopwatch.lap("package and programs");
        Map<String, String> seen = run();
        stopwatch.lap("emulated machine");
        stopwatch.print();
        Shell.in(directory).run("rm", "-rf", "--one-file-system", tree.toString());
        assertEquals("aarch64", seen.get("system"));
        assertEquals("directory 755 0 0", seen.get("root"));
        assertEquals("regular empty file 200 0 0 1", seen.get("file"));
        assertEquals("regular empty file 640 3 7 1", seen.get("changed"));
        assertEquals("4096 4096 255", seen.get("statfs"));
        assertEquals("0", seen.get("size"));
        assertEquals(5, calls(seen, "first"));
        assertEquals(2 + 4, calls(seen, "second"));
        assertEquals(2 + 4, calls(seen, "third"), "after its end");
        assertEquals("1", seen.get("machine"));
        assertEquals("0", seen.get("ended"));
        assertTrue(seen.get("tests").matches("[1-9][0-9]+ passed, 0 failed, 0 skipped"), seen::toString);
    }

    private void installPackage() {
        Shell.in(directory)
                .bash(
                        "dpkg-deb -x \"$(\"$1\" --architecture arm64 \"$PWD\")\" \"$2\"",
                        Checkout.ROOT.resolve("daemon/src/main/deb/build"),
                        tree)
                .ok();
    }

    private void placePrograms() throws IOException {
        CLANG.instrumented(tree.resolve("root/worker"), Checkout.SOURCES.resolve("c/worker.c"), "-pthread");
        Files.copy(SCRIPTS.resolve("init"), tree.resolve("init"));
    }

    /** The compiled tests, JUnit, and what tests read; what they test is in the package. */
    private void placeTests() {
        String jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.matches(".*/(junit-|opentest4j|apiguardian)[^/]*\\.jar"))
                .reduce("", (all, jar) -> all + jar + "\n");
        Shell.in(directory)
                .with("JARS", jars)
                .bash(
                        """
                        to=$2/root/checkout
                        mkdir -p "$to"/{counters,classes,jars}
                        cp -r "$1/systemd" "$to"
                        cp -r "$1"/counters/target/test-classes/. "$to/classes"
                        cd "$1/integration-tests/target/test-classes"
                        cp --parents org/pgofs/it/TestsOfPackages*.class "$to/classes"
                        printf %s "$JARS" | xargs cp -t "$to/jars"
                        """,
                        Checkout.ROOT, tree)
                .ok();
    }

    /** What the machine says that it has seen, by the word with which it begins. */
    private Map<String, String> run() throws IOException {
        Path console = directory.resolve("console");
        Shell.in(directory)
                .bash("exec \"$1\" \"$2\" >\"$3\" 2>&1", SCRIPTS.resolve("machine"), tree, console)
                .ok();
        Map<String, String> seen = new LinkedHashMap<>();
        StringBuilder rest = new StringBuilder();
        for (String line : Files.readAllLines(console)) {
            if (line.startsWith(SEEN)) {
                String[] words = line.substring(SEEN.length()).split(" ", line.startsWith(SEEN + PROFILE) ? 3 : 2);
                boolean isProfile = words[0].equals(PROFILE);
                seen.put(isProfile ? words[1] : words[0], words[words.length - 1]);
            } else {
                rest.append(line).append('\n');
            }
        }
        System.out.print(rest);
        assertTrue(rest.toString().contains("guest: ended with 0\n"), rest::toString);
        return seen;
    }

    private long calls(Map<String, String> seen, String name) throws IOException {
        Path profile = directory.resolve(name + ".profraw");
        Files.write(profile, Base64.getDecoder().decode(seen.get(name)));
        return Profile.of(CLANG, profile).calls("counted");
    }
}
