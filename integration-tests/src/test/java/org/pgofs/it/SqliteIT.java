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
import org.junit.jupiter.params.provider.ValueSource;

/** On SQLite, our runtime and daemon count what the compiler's own runtime counts. */
final class SqliteIT {
    /**
     * SQLite compares addresses of its allocations, and the compiler's own runtime allocates from the same heap, which
     * moves them. So it gets a heap of its own.
     */
    private static final String MEMORY = "-DSQLITE_ENABLE_MEMSYS5";

    private static final Map<Integer, List<Path>> OBJECTS = new ConcurrentHashMap<>();

    @TempDir
    static Path objects;

    @TempDir
    Path directory;

    /** The two compilers at once: this is what takes long. */
    @BeforeAll
    static void compile() {
        Path source = source();
        List.of(14, 19).parallelStream().forEach(version -> OBJECTS.put(version, compile(version, source)));
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 19})
    void shouldCountAsTheCompilersOwnRuntimeDoes(int version) throws Exception {
        Toolchain toolchain = new Toolchain(version);
        Path expected = directory.resolve("stock.profraw");
        Path stock = toolchain.stock(directory.resolve("stock"), link(version));
        String expectedOutput = sql(Shell.in(directory).with("LLVM_PROFILE_FILE", expected.toString()), stock);

        Path ours = toolchain.instrumented(directory.resolve("ours"), link(version));
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

    private static List<Path> compile(int version, Path source) {
        return List.of("sqlite3", "shell").stream()
                .map(unit -> new Toolchain(version)
                        .stock(objects.resolve(unit + version + ".o"), "-c", source.resolve(unit + ".c"), "-w", MEMORY))
                .toList();
    }

    private static Object[] link(int version) {
        List<Path> units = OBJECTS.get(version);
        return new Object[] {units.get(0), units.get(1), "-lm", "-ldl", "-pthread"};
    }
}
