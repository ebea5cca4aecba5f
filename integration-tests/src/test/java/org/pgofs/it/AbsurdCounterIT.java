package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One function whose counters cannot be true does not cost the profile of the others. */
final class AbsurdCounterIT {
    private static final Path SOURCE = Checkout.SOURCES.resolve("resources/variants/absurd.c");
    private static final int FIRST_THAT_REJECTS = 19;

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldServeTheOtherFunctions(Toolchain toolchain) throws Exception {
        Path stock = toolchain.stock(directory.resolve("stock"), "-fno-unroll-loops", SOURCE);
        Path program = toolchain.instrumented(directory.resolve("absurd"), "-fno-unroll-loops", SOURCE);
        Shell.in(directory)
                .with("LLVM_PROFILE_FILE", "stock.profraw")
                .run(stock.toString())
                .ok();
        if (toolchain.version() >= FIRST_THAT_REJECTS) {
            assertNotEquals(
                    0, merge(toolchain, directory.resolve("stock.profraw")), "as the compiler's runtime has it");
        }
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run(program.toString()).ok();

            assertEquals(0, merge(toolchain, mount.copy()));
            Profile profile = mount.profile(toolchain);
            assertEquals(5, profile.calls("sound"));
            assertEquals(0, profile.calls("damaged"));
            String status = status(mount);
            assertTrue(status.contains(" has counters above 2^56 in function damaged, which are served as 0"), status);
            assertTrue(!status.contains("function sound"), status);
        }
    }

    private int merge(Toolchain toolchain, Path profile) {
        String merged = directory.resolve("merged").toString();
        return Shell.in(directory)
                .run(toolchain.profdata(), "merge", "-o", merged, profile.toString())
                .status();
    }

    private static String status(PgofsMount mount) throws IOException {
        return Files.readString(mount.root().resolve("pgo/status"), StandardCharsets.UTF_8);
    }
}
