package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
        Path source = Checkout.source("sqlite", "shell.c");
        Toolchain.tested().parallel().forEach(toolchain -> OBJECTS.put(toolchain, compile(toolchain, source)));
    }

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldCountAsTheCompilersOwnRuntimeDoes(Toolchain toolchain) throws Exception {
        String show = new StockComparison(toolchain, directory).assertSame(SqliteIT::sql, link(toolchain));
        assertTrue(show.contains("sqlite3VdbeExec:"), "a profile of SQLite");
    }

    @Test
    void shouldBeShownInABrowser() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path program = toolchain.instrumented(directory.resolve("sqlite"), link(toolchain));
        try (PgofsMount mount = PgofsMount.start(directory);
                Browser browser = Browser.start(directory)) {
            sql(mount.shell(), program);
            for (List<String> command : List.of(List.of("collect"), List.of("report", "sqlite"))) {
                Shell.in(directory)
                        .with("PGOFS_SEGMENT_DIR", mount.segments().toString())
                        .run(Stream.concat(Stream.of(Checkout.PGOFS.toString()), command.stream())
                                .toArray(String[]::new))
                        .ok();
            }
            ReportPage page = ReportPage.open(browser, directory.resolve("report.html"));
            page.assertNumbersOf(toolchain, directory.resolve("sqlite.profdata"));
            page.search("vdbeexec");
            assertEquals(List.of("sqlite3VdbeExec"), page.names());
        }
    }

    static Stream<Toolchain> waiting() {
        return Checkout.FULL ? Toolchain.tested() : Stream.of(Toolchain.DEFAULT);
    }

    @ParameterizedTest
    @MethodSource("waiting")
    void shouldBeServedWhileItWaitsAsItWouldWriteItself(Toolchain toolchain) throws Exception {
        List<Object> inputs = new ArrayList<>(List.of(link(toolchain)));
        inputs.add(WaitingProgram.DUMP);
        Path program = toolchain.stock(directory.resolve("waiting"), inputs.toArray());
        List<String> command =
                List.of(program.toString(), "-heap", "64M", "-batch", "-bail", "-init", "/dev/null", ":memory:");
        try (WaitingProgram sqlite = new WaitingProgram(directory, command)) {
            sqlite.tell(Checkout.SOURCES.resolve("sources/sqlite.sql"));
            sqlite.await("the end\n");
            String show = sqlite.assertServed(toolchain, () -> {
                sqlite.tell(
                        Files.writeString(
                                directory.resolve("more"),
                                "CREATE TABLE more AS SELECT printf('%08x', id * 7919 % 1009) AS word FROM item;"
                                        + " SELECT count(DISTINCT word), max(word) FROM more WHERE word LIKE '%a%'; SELECT 'more';\n"));
                sqlite.await("more\n");
            });
            assertTrue(
                    show.contains("sqlite3VdbeExec:") && show.contains("Indirect Target Results"),
                    "a profile of SQLite");
        }
    }

    private static String sql(Shell shell, Path program) {
        String output = shell.bash(
                        "exec \"$1\" -heap 64M -batch -bail -init /dev/null :memory: <\"$2\"",
                        program,
                        Checkout.SOURCES.resolve("sources/sqlite.sql"))
                .ok()
                .output();
        assertTrue(output.endsWith("the end\n"), output);
        return output;
    }

    private static List<Path> compile(Toolchain toolchain, Path source) {
        return List.of("sqlite3", "shell").stream()
                .map(unit -> toolchain.stock(
                        objects.resolve(unit + toolchain.version() + ".o"),
                        StockComparison.arguments("-c", source.resolve(unit + ".c"), "-w", MEMORY)))
                .toList();
    }

    private static Object[] link(Toolchain toolchain) {
        List<Path> units = OBJECTS.get(toolchain);
        return new Object[] {units.get(0), units.get(1), "-lm", "-ldl", "-pthread"};
    }
}
