package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compiler's own runtime stands on the command line that links, too: what the documents say of that holds. */
final class BothRuntimesIT {
    private static final String LINK =
            """
            pgofs=$1 linker=$2
            stock=$(clang-14 -print-file-name=lib/linux/libclang_rt.profile-x86_64.a)
            clang-14 $("$pgofs" config --cflags) -c "$3"/{main,part}.c
            link() { clang-14 -fuse-ld=$linker main.o part.o "$@"; }
            """;

    @TempDir
    Path directory;

    private Shell.Result run(String linker, String commands) {
        return Shell.in(directory)
                .bash(LINK + commands, Checkout.PGOFS, linker, Checkout.SOURCES.resolve("resources/cc"))
                .ok();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bfd", "lld"})
    void shouldTakeTheFirstOne(String linker) {
        String output = run(
                        linker,
                        """
                        link "$("$pgofs" config --runtime)" $stock -o ours
                        link $stock "$("$pgofs" config --runtime)" -o theirs
                        for program in ours theirs; do "$pgofs" doctor $program | grep 'the pgofs runtime' || true; done
                        """)
                .output();
        assertEquals(
                """
                ok the pgofs runtime is linked in, format 1
                NO the pgofs runtime is not linked in: link with $(pgofs config --libs)
                """,
                output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bfd", "lld"})
    void shouldNotLinkBehindTheOtherOneWhenItIsAskedFor(String linker) {
        String errors =
                run(linker, "! link $stock $(\"$pgofs\" config --libs) -o both").errors();
        String first = linker.equals("bfd") ? "multiple definition of `" : "duplicate symbol: ";
        assertTrue(errors.contains(first + "__llvm_profile_"), errors);
    }
}
