package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On SQLite, our runtime and daemon count what the compiler's own runtime counts. */
final class SqliteIT {
    /**
     * SQLite compares addresses of its allocations, and the compiler's own runtime allocates from the same heap, which
     * moves them. So it gets a heap of its own.
     */
    private static final String MEMORY = "-DSQLITE_ENABLE_MEMSYS5";

    private static final Map<Toolchain, List<Path>> OBJECTS = new ConcurrentHashMap<>();

    @TempDir
    static Path objects;

    @TempDir
    Path directory;

    /** The compilers at once: this is what takes long. */
    @BeforeAll
    static void compile() {
        Path source = source();
        Toolchain.tested().parallel().forEach(toolchain -> OBJECTS.put(toolchain, compile(toolchain, source)));
    }

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldCountAsTheCompilersOwnRuntimeDoes(Toolchain toolchain) throws Exception {
        Path expected = directory.resolve("stock.profraw");
        Path stock = toolchain.stock(directory.resolve("stock"), link(toolchain));
        String expectedOutput = sql(Shell.in(directory).with("LLVM_PROFILE_FILE", expected.toString()), stock);

        Path ours = toolchain.instrumented(directory.resolve("ours"), link(toolchain));
        try (PgofsMount mount = PgofsMount.start(directory)) {
            assertEquals(expectedOutput, sql(mount.shell(), ours));
            String show = Profile.show(toolchain, expected);
            assertTrue(show.contains("sqlite3VdbeExec:"), "a profile of SQLite");
            assertSame(show, Profile.show(toolchain, mount.copy()));
        }
    }

    /** Says only where long texts differ. */
    private void assertSame(String expected, String actual) throws IOException {
        Path wanted = Files.writeString(directory.resolve("expected"), expected);
        Path served = Files.writeString(directory.resolve("actual"), actual);
        Shell.Result diff = Shell.in(directory).run("diff", "-u", wanted.toString(), served.toString());
        assertEquals("", diff.output());
    }

    private static String sql(Shell shell, Path program) {
        String output = shell.bash(
                        "exec \"$1\" -heap 64M -batch -bail -init /dev/null :memory: <\"$2\"",
                        program,
                        Checkout.SOURCES.resolve("sqlite/script.sql"))
                .ok()
                .output();
        assertTrue(output.endsWith("the end\n"), output);
        return output;
    }

    private static Path source() {
        String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
        Path source = Path.of(cache, "pgofs", "sqlite");
        Shell.in(Checkout.ROOT)
                .run(Checkout.SOURCES.resolve("sqlite/fetch").toString(), source.toString())
                .ok();
        assertTrue(Files.exists(source.resolve("shell.c")));
        return source;
    }

    private static List<Path> compile(Toolchain toolchain, Path source) {
        return List.of("sqlite3", "shell").stream()
                .map(unit -> toolchain.stock(
                        objects.resolve(unit + toolchain.version() + ".o"),
                        "-c",
                        source.resolve(unit + ".c"),
                        "-w",
                        MEMORY))
                .toList();
    }

    private static Object[] link(Toolchain toolchain) {
        List<Path> units = OBJECTS.get(toolchain);
        return new Object[] {units.get(0), units.get(1), "-lm", "-ldl", "-pthread"};
    }
}
