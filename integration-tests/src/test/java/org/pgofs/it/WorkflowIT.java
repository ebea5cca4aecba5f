package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mount, reset, load, copy, merge, rebuild, with every supported compiler of Debian. */
final class WorkflowIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {14, 16, 19, 22})
    void shouldServeWhatTheCompilersOwnToolsUse(int version) throws Exception {
        Toolchain toolchain = new Toolchain(version);
        Path program = toolchain.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(1000);
            mount.reset();
            worker.work(7);

            Profile profile = mount.profile(toolchain);
            assertEquals(7, profile.calls("counted"));
            assertEquals(0, profile.calls("untouched"));
            rebuild(toolchain, mount.copy());
        }
    }

    /** With -Werror: clang warns of a profile that does not fit the code. */
    private void rebuild(Toolchain toolchain, Path profraw) {
        Path profdata = directory.resolve("worker.profdata");
        Shell.in(directory)
                .run(toolchain.profdata(), "merge", "-o", profdata.toString(), profraw.toString())
                .ok();
        toolchain.clang(
                directory.resolve("rebuilt"),
                "-fprofile-use=" + profdata,
                "-Werror",
                Checkout.SOURCES.resolve("c/worker.c"),
                "-pthread");
    }
}
