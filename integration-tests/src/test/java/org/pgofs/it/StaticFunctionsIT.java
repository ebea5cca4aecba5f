package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documentation says of static functions, and of functions that are compiled twice, is what the compilers do. */
final class StaticFunctionsIT {
    private static final String SOURCE =
            """
            static int __attribute__((noinline)) inner(int a) {
            #ifdef FRONTEND
              if (a > 5) return a * 2;
            #endif
              return a + 1;
            }
            int main(void) {
              int sum = 0;
              for (int i = 0; i < 1000; i++) sum += inner(i);
              return sum == 5;
            }
            """;

    private static final String SECOND = "second/deeper/build";

    @TempDir
    Path directory;

    @BeforeEach
    void sources() throws IOException {
        for (String build : List.of("build", "first/build", SECOND)) {
            Path made = Files.createDirectories(directory.resolve(build));
            Files.writeString(made.resolveSibling("source.c"), SOURCE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 19, 22})
    void shouldBeFoundAsTheDocumentSays(int version) throws IOException {
        Path from = directory.resolve("first/source.c");
        Path to = directory.resolve(SECOND).resolveSibling("source.c");
        String maps = "-fXXX-prefix-map=%s=. -fXXX-prefix-map=%s=.".formatted(from.getParent(), to.getParent());
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Build build = new Build(new Toolchain(version), mount);
            assertTrue(build.finds("", "../source.c", "../source.c"));
            assertTrue(build.finds("", from.toString(), from.toString()));
            assertFalse(build.finds("", "../source.c", "../../deeper/source.c"));
            assertFalse(build.finds("", from.toString(), to.toString()));
            for (String map : List.of("file", "debug", "coverage")) {
                assertFalse(build.finds("-g " + maps.replace("XXX", map), from.toString(), to.toString()), map);
            }
            assertTrue(build.finds(
                    "-mllvm -static-func-full-module-prefix=false", from.toString(), "../../deeper/source.c"));
            // "/" counts as one
            assertTrue(build.finds(
                    "-mllvm -static-func-strip-dirname-prefix=" + from.getNameCount(),
                    from.toString(),
                    directory.resolve(from.getFileName()).toString()));
        }
    }

    /** A file of which one variant ran; and both. */
    @ParameterizedTest
    @ValueSource(ints = {14, 16, 19, 22})
    void shouldWarnOfTheVariantThatDidNotRun(int version) throws IOException {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Build build = new Build(new Toolchain(version), mount);
            build.profile("", "../source.c");
            Shell.Result other = build.optimise("-DFRONTEND", "../source.c");
            assertTrue(
                    other.errors().contains("function control flow change detected (hash mismatch)"), other::toString);
            assertEquals(
                    "",
                    build.optimise("-DFRONTEND -Wno-backend-plugin", "../source.c")
                            .errors());
            assertEquals("", build.optimise("", "../source.c").errors());
        }
    }

    /** A build that is profiled, and a second one with that profile in another directory. */
    private record Build(Toolchain toolchain, PgofsMount mount) {
        /** Whether the static function has its profile in the second build. */
        boolean finds(String options, String first, String second) {
            profile(options, first);
            return optimise(options, second)
                    .output()
                    .lines()
                    .anyMatch(line -> line.contains("@inner(") && line.contains("!prof"));
        }

        void profile(String options, String source) {
            shell("first/build")
                    .bash(
                            "clang=$1 profdata=$2 options=$3 source=$4 pgo=$5/pgo;"
                                    + "$clang $options $source -o program; echo 1 >$pgo/reset; ./program;"
                                    + "cat $pgo/images/program-*/profraw >raw; $profdata merge -o profile raw",
                            Checkout.PGOFS + " cc -- " + toolchain + " -O2",
                            toolchain.profdata(),
                            options,
                            source,
                            mount.root())
                    .ok();
        }

        Shell.Result optimise(String options, String source) {
            return shell(SECOND)
                    .bash(
                            "$1 $2 -fprofile-use=$3 -S -emit-llvm -o - | grep -E '^define .*@(inner|main)\\('",
                            toolchain + " -O2 " + options,
                            source,
                            mount.root().resolveSibling("first/build/profile"))
                    .ok();
        }

        private Shell shell(String build) {
            return Shell.in(mount.root().resolveSibling(build))
                    .with("PGOFS_SEGMENT_DIR", mount.segments().toString());
        }
    }
}
