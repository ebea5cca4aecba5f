package org.pgofs.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.daemon.json.JsonTree;
import org.pgofs.fleet.core.TestPiece;
import org.pgofs.fleet.job.TestResults;
import org.pgofs.fleet.store.ImageId;
import picocli.CommandLine;

class ReportCommandTest {
    private static final Instant DAY = Instant.parse("2026-11-29T16:00:00Z");
    private static final ImageId IMAGE = new ImageId("server", "aaaaaaaa11111111");
    private static final Pattern DATA =
            Pattern.compile("(?s)<script type=\"application/json\" id=\"data\">(.*?)</script>");

    @TempDir
    private Path directory;

    private Path output;
    private TestResults results;

    @BeforeEach
    void open() {
        output = directory.resolve("page.html");
        results = new TestResults(directory.resolve("store"));
    }

    private static TestPiece piece(long main, long idle) {
        return TestPiece.of(TestPiece.IR).function("main", 1, main).function("idle", 2, idle);
    }

    private int report(String image, StringWriter err) {
        return new CommandLine(new FleetCommand())
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .setExecutionExceptionHandler((e, line, result) -> {
                    line.getErr().println(e.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(
                        "report",
                        "--from",
                        directory.resolve("store").toString(),
                        "--image",
                        image,
                        "-o",
                        output.toString());
    }

    private Map<?, ?> fleet() throws IOException {
        Matcher data = DATA.matcher(Files.readString(output));
        assertTrue(data.find());
        return (Map<?, ?>) JsonTree.object(data.group(1)).get("fleet");
    }

    @Test
    void shouldShowMachinesAndWindows() throws IOException {
        Map<String, TestPiece> hosts = new TreeMap<>();
        for (int i = 0; i < 4; i++) {
            hosts.put("web-" + i, piece(95, 5));
        }
        results.add(IMAGE, DAY, hosts);
        hosts.put("odd", piece(1, 99));
        results.add(IMAGE, DAY.plusSeconds(86_400), hosts);
        Path broken = directory.resolve("store").resolve(TestResults.directory(IMAGE, DAY.plusSeconds(3600)));
        Files.createDirectories(broken);
        Files.writeString(broken.resolve("manifest.json"), "{\"hosts\": 5}");
        StringWriter err = new StringWriter();

        assertEquals(0, report("aaaaaaaa", err), err.toString());
        List<?> windows = (List<?>) fleet().get("windows");
        assertEquals(2, windows.size());
        assertEquals(
                List.of("2026-11-29T16:00:00Z", "2026-11-29T17:00:00Z", 4L, 4L, 400L, 2L, 2L),
                ((List<?>) windows.get(0)).subList(0, 7));
        assertEquals("true", ((List<?>) windows.get(1)).get(8));
        List<?> odd = (List<?>) ((List<?>) fleet().get("hosts")).get(0);
        assertEquals(List.of("odd", 1L, 100L, 0.06, "little in common with the others"), odd);
    }

    /** Whoever may write to a store names things as he likes. */
    @Test
    void shouldKeepNamesFromBeingMarkup() throws IOException {
        String evil = "<script>document.title='attacked'<!--";
        Path pieces = directory.resolve("store/v1/" + IMAGE.key() + "/ir/20261129T16");
        Files.createDirectories(pieces);
        Files.write(pieces.resolve(evil), new byte[] {1});
        results.add(IMAGE, DAY, piece(1, 2));
        StringWriter err = new StringWriter();

        assertEquals(0, report("server", err), err.toString());
        assertFalse(new String(Files.readAllBytes(output), StandardCharsets.UTF_8).contains(evil));
        List<?> leftOut = (List<?>) ((List<?>) fleet().get("left_out")).get(0);
        assertTrue(leftOut.get(0).toString().endsWith(evil), leftOut.toString());
    }

    @Test
    void shouldSayThatThereIsNone() {
        StringWriter err = new StringWriter();

        assertEquals(1, report("server", err));
        assertTrue(err.toString().startsWith("no profile of server in "), err.toString());
        assertTrue(Files.notExists(output));
    }
}
