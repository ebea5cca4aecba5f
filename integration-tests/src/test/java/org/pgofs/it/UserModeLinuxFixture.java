package org.pgofs.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A kernel that was built, booted and profiled as docs/user-mode-linux.md says. Source and builds are kept in target/kernel, so
 * that only the first run takes its time.
 */
@Tag("kernel")
@Timeout(1800)
abstract class UserModeLinuxFixture {
    static final Path CACHE = Checkout.ROOT.resolve("integration-tests/target/kernel");
    static final Path SOURCE = CACHE.resolve("linux-source-6.1");
    /** Where the commands of the document were run. */
    static final Path READER = CACHE.resolve("reader");

    static Shell.Result document;

    @TempDir
    Path directory;

    Path room;

    /** Runs the commands of the document, once, as a reader does; all that is built is built by them. */
    @BeforeAll
    @Timeout(1800) // three builds of a kernel; that of the class is for tests only
    static synchronized void runTheCommandsOfTheDocument() throws IOException {
        if (document == null) {
            Shell.in(Files.createDirectories(CACHE))
                    .bash("rm -rf reader; mkdir reader")
                    .ok();
            List<String> blocks = DocumentCommands.of(Checkout.ROOT.resolve("docs/user-mode-linux.md"), "");
            document = DocumentCommands.run(shell(READER), String.join("", blocks));
        }
    }

    @BeforeEach
    void room() throws IOException {
        room = Files.createDirectory(directory.resolve("room"));
        Toolchain.DEFAULT.clang(room.resolve("guest"), Checkout.SOURCES.resolve("c/in_guest.c"), "-static");
    }

    void script(String... lines) throws IOException {
        Path script = room.resolve("script");
        Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Shell.in(room).run("chmod", "+x", "script").ok();
    }

    Shell shell(PgofsMount mount) {
        return shell(room).with("PGOFS_SEGMENT_DIR", mount.segments().toString());
    }

    static Shell shell(Path directory) {
        return Shell.in(directory)
                .patient()
                .with("PGOFS_KERNEL_DIR", CACHE.toString())
                .with("PGOFS", Checkout.PGOFS.toString())
                .with("TMPDIR", directory.toString());
    }

    static Path copy(PgofsMount mount, String image) {
        Path copy = mount.root().resolveSibling(image + ".profraw");
        Shell.in(mount.root())
                .bash("cp -a pgo/images/$1-*/profraw \"$2\"", image, copy)
                .ok();
        return copy;
    }

    static long most(Profile profile, String function) {
        return Collections.max(profile.counts().get(function).get(0));
    }
}
