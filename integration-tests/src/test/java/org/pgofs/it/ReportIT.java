package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of {@code pgofs report}, in a browser. */
final class ReportIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final int MANY = 60_000;

    /** As main.c has it. */
    private static final String ATTACK = "</script><script>document.title='attacked'</script><!--";

    @TempDir
    static Path shared;

    private static Browser browser;

    @TempDir
    Path directory;

    @BeforeAll
    static void openBrowser() throws Exception {
        browser = Browser.start(shared);
    }

    @AfterAll
    static void closeBrowser() throws Exception {
        browser.close();
    }

    @Test
    void shouldShowAProgramOfAMount() throws Exception {
        Path shop = shop();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run(shop.toString(), "1000").ok();
            mount.shell().run(shop.toString(), "1000", "attack").ok();
            collect(mount, "shop.profdata");
            Shell.Result made = report(mount, "shop").ok();
            assertTrue(
                    made.output().matches("shop-\\p{XDigit}{8}: 7 of 9 functions have counts\n.*/report.html\n"),
                    made.output());
        }
        ReportPage page = open("report.html");
        assertTrue(page.text("#about").matches("build id \\p{XDigit}+ · 2 processes · counted 20.* UTC to 20.* UTC"));
        assertEquals("7", page.text("[data-figure=ran]"));
        page.assertNumbersOf(TOOLCHAIN, directory.resolve("shop.profdata"));
        assertTrue(page.isHidden("#growth") && page.isHidden("#difference") && page.isHidden("#coverage"));

        page.search("shelf");
        assertEquals(
                "5 functions",
                page.text("#shown"),
                "those that others can call are in the file of their translation unit");
        page.search("shelf SEA");
        assertEquals(List.of("search"), page.names());
        page.search("");
        page.click("[data-kind=never]");
        assertEquals(
                List.of("complain", "unused"), page.names().stream().sorted().toList());
        page.click("[data-kind=all]");
        page.click("[data-column=name] button");
        List<String> sorted = List.of(ATTACK, "complain", "fill", "look", "main", "search", "take", "unused", "weigh");
        assertEquals(sorted, page.names());
        page.click("[data-column=name] button");
        assertEquals("weigh", page.names().get(0));
        page.click("[data-column=total] button");
        assertEquals("search", page.names().get(0));
    }

    @Test
    void shouldGoNearerInThePicture() throws Exception {
        Path shop = shop();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run(shop.toString(), "1000").ok();
            report(mount).ok();
        }
        ReportPage page = open("report.html");
        assertEquals(1, page.count("#map [data-group='main.c']"));
        page.click("[data-group='parts/shelf.c']");
        assertTrue(page.text("#crumbs").matches("shop-\\p{XDigit}{8}›parts/shelf.c"), page.text("#crumbs"));
        assertEquals(0, page.count("#map [data-group='main.c']"));
        assertEquals(4, page.count("#map .cell"), "one has counted nothing");
        page.click("#crumbs button");
        assertEquals(1, page.count("#map [data-group='main.c']"));

        page.clickInThePicture("main");
        String detail = page.text("tr.detail");
        assertTrue(detail.contains("75.00 %take750") && detail.contains("25.00 %weigh250"), detail);
        page.search("fill");
        page.click("#rows tr.row");
        assertTrue(page.text("tr.detail").contains("50.00 %17 to 31 bytes500"), page.text("tr.detail"));
        page.click("#rows tr.row");
        assertEquals(0, page.count("tr.detail"));
    }

    /** The names of functions are what a program likes. */
    @Test
    void shouldShowNamesAsTheyAre() throws Exception {
        Path shop = shop();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run(shop.toString(), "10", "attack").ok();
            report(mount).ok();
        }
        ReportPage page = open("report.html");
        page.search("attacked");
        assertEquals(List.of(ATTACK), page.names());
        assertTrue(((String) browser.value("document.title")).startsWith("shop-"), "no script of a name has run");
    }

    @Test
    void shouldShowWhatHasChanged() throws Exception {
        Path shop = shop();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run(shop.toString(), "100").ok();
            collect(mount, "before.profdata");
            mount.shell().run(shop.toString(), "5000", "attack").ok();
            collect(mount, "now.profdata");
            report(mount, "before.profdata", "shop", "-o", "served.html").ok();
        }
        Shell.in(directory)
                .run(Checkout.PGOFS.toString(), "report", "-o", "files.html", "before.profdata", "now.profdata")
                .ok();
        String overlap = Shell.in(directory)
                .run(TOOLCHAIN.profdata(), "overlap", "before.profdata", "now.profdata")
                .ok()
                .output();
        for (String file : List.of("served.html", "files.html")) {
            ReportPage page = open(file);
            assertEquals(
                    ReportPage.number(overlap, "Edge profile overlap: (\\S+)%") + " %",
                    page.text("[data-figure=overlap]"));
            page.assertNumbersOf(TOOLCHAIN, directory.resolve("now.profdata"));
            page.search("search");
            assertEquals(List.of("search"), page.names());
            assertTrue(page.text("#rows tr.row .up").matches("\\+\\d+\\.\\d\\d"), page.text("#rows"));
        }

        Files.writeString(directory.resolve("one.proftext"), ":ir\nsame\n1\n1\n5\n\nedited\n2\n1\n5\n\nold\n1\n1\n5\n");
        Files.writeString(
                directory.resolve("two.proftext"), ":ir\nsame\n1\n1\n5\n\nedited\n3\n1\n5\n\nfresh\n1\n1\n9\n");
        for (String name : List.of("one", "two")) {
            merge(name + ".profdata", name + ".proftext");
        }
        Shell.in(directory)
                .run(Checkout.PGOFS.toString(), "report", "-o", "two.html", "one.profdata", "two.profdata")
                .ok();
        ReportPage page = open("two.html");
        for (Map.Entry<String, String> state :
                Map.of("new", "fresh", "changed", "edited", "gone", "old").entrySet()) {
            page.click("[data-kind=" + state.getKey() + "]");
            assertEquals(List.of(state.getValue()), page.names(), state.getKey());
        }
    }

    @Test
    void shouldShowHowALoadReachesMore() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            Process recording = Shell.in(directory)
                    .command(
                            Checkout.PGOFS.toString(),
                            "report",
                            "--mount",
                            mount.root().toString(),
                            "--record",
                            "10s",
                            "worker14")
                    .redirectError(directory.resolve("recording").toFile())
                    .start();
            Await.until("the first sample", () -> lines("recording") > 0);
            worker.work(10);
            assertEquals(0, recording.waitFor());
            ReportPage page = open("report.html");
            assertFalse(page.isHidden("#growth"));
            assertTrue(page.text("#growth-words").startsWith("After "), page.text("#growth-words"));
            List<?> samples = (List<?>) browser.value("data.growth.map(sample => sample[1])");
            assertEquals(11, samples.size());
            assertEquals(counting(mount), samples.get(10));
            assertTrue((Long) samples.get(0) < (Long) samples.get(10), samples::toString);
            assertEquals(2, page.count("#chart polyline"));
        }
    }

    private static long counting(PgofsMount mount) {
        String report = Shell.in(Checkout.ROOT)
                .run(Checkout.PGOFS.toString(), "top", "--json", mount.root().toString())
                .ok()
                .output();
        try {
            return (Long) ((Map<?, ?>) Json.parse(report)).get("functions_counting");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long lines(String file) {
        try {
            return Files.readAllLines(directory.resolve(file)).size();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Of a browser or a kernel: what is shown at a time is bounded, and what is searched is not. */
    @Test
    void shouldShowManyFunctions() throws Exception {
        StringBuilder text = new StringBuilder(":ir\n");
        for (int i = 0; i < MANY; i++) {
            text.append(
                    "directory%d/file%d.c:function%d\n%d\n2\n%d\n%d\n\n".formatted(i % 7, i % 900, i, i, i, i % 10));
        }
        Files.writeString(directory.resolve("many.proftext"), text);
        merge("many.profdata", "many.proftext");
        Shell.in(directory)
                .run(Checkout.PGOFS.toString(), "report", "-o", "many.html", "many.profdata")
                .ok();
        ReportPage page = open("many.html");
        assertEquals("60,000 functions, of which the first 25 are shown", page.text("#shown"));
        assertEquals(25, page.count("#rows tr"));
        assertEquals(7, page.count("#map > .body > .group"));
        assertTrue(page.count("#map *") < 40_000, () -> "elements are bounded by the area of the picture");
        page.search("file77.c function4577");
        assertEquals(List.of("function4577"), page.names());
        assertEquals("4,584", page.text("#rows tr td:nth-child(3)"));
    }

    @Test
    void shouldFitEveryScreen() throws Exception {
        Path shop = shop();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run(shop.toString(), "10").ok();
            report(mount).ok();
        }
        ReportPage page = open("report.html");
        String background = "getComputedStyle(document.body).backgroundColor";
        String links = "getComputedStyle(document.documentElement).getPropertyValue('--link')";
        try {
            media("prefers-color-scheme", "light");
            Object light = browser.value(background);
            Object lightLinks = browser.value(links);
            media("prefers-color-scheme", "dark");
            assertNotEquals(light, browser.value(background));
            for (long width : List.of(360L, 2560L)) {
                browser.call(
                        "Emulation.setDeviceMetricsOverride",
                        Map.of("width", width, "height", 800L, "deviceScaleFactor", 1L, "mobile", false));
                page = open("report.html");
                long used = (Long) browser.value("document.documentElement.scrollWidth");
                assertTrue(used <= width, () -> used + " of " + width);
                assertTrue(page.count("#map .cell") > 2);
            }
            browser.call(
                    "Emulation.setEmulatedMedia",
                    Map.of(
                            "media",
                            "print",
                            "features",
                            List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
            assertTrue(page.isHidden("#functions .bar") && !page.isHidden("#map"));
            // Paper is narrow and white, and nobody unfolds or scrolls anything on it.
            assertEquals("rgb(255, 255, 255)", browser.value(background));
            assertEquals(lightLinks, browser.value(links));
            browser.call(
                    "Emulation.setDeviceMetricsOverride",
                    Map.of("width", 620L, "height", 800L, "deviceScaleFactor", 1L, "mobile", false));
            assertEquals(
                    List.of(),
                    browser.value(
                            "[...document.querySelectorAll('.wide')].filter(part => part.scrollWidth > part.clientWidth"
                                    + " || getComputedStyle(part).overflowX !== 'visible').map(part => part.id)"));
            browser.value("dispatchEvent(new Event('beforeprint'))");
            assertEquals(0, page.count("details:not([open])"));
            assertTrue(page.count("details[open]") > 0);
        } finally {
            browser.call("Emulation.clearDeviceMetricsOverride", Map.of());
            browser.call("Emulation.setEmulatedMedia", Map.of("media", "", "features", List.of()));
        }
    }

    private static void media(String name, String value) throws Exception {
        browser.call("Emulation.setEmulatedMedia", Map.of("features", List.of(Map.of("name", name, "value", value))));
    }

    @Test
    void shouldSayHowToSeeCoverage() throws Exception {
        Path shop = shop();
        Path covered = directory.resolve("shop/covered");
        Shell.in(directory.resolve("shop"))
                .bash(
                        "\"$1\" cc -- clang-14 -fprofile-instr-generate -fcoverage-mapping main.c parts/shelf.c -o covered",
                        Checkout.PGOFS)
                .ok();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run(shop.toString(), "10").ok();
            Process running =
                    mount.shell().command(covered.toString(), "2000000000").start();
            try {
                Await.until(
                        "both have counted",
                        () -> report(mount).output().lines().count() == 3);
            } finally {
                running.destroyForcibly();
            }
        }
        ReportPage page = open("report.html");
        assertEquals(2, page.count("#images tbody tr"));
        assertTrue(
                page.text("#coverage-commands")
                        .matches("(?s)pgofs collect -o covered.profdata covered-\\p{XDigit}{8}\nllvm-cov show "
                                + covered.toRealPath() + " -instr-profile=covered.profdata .*"),
                page.text("#coverage-commands"));
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        Files.writeString(directory.resolve("text"), "no profile");
        try (PgofsMount mount = PgofsMount.start(directory)) {
            for (List<String> words : List.of(
                    List.<String>of(),
                    List.of("absent"),
                    List.of("./absent"),
                    List.of("./text"),
                    List.of("-o", "absent/report.html"),
                    List.of("-o", "."))) {
                Shell.Result refused = report(mount, words.toArray(String[]::new));
                assertEquals(1, refused.status(), words::toString);
                assertTrue(refused.errors().matches("pgofs: [^\n]+\n"), refused.errors());
            }
            for (List<String> words :
                    List.of(List.of("a", "b", "c"), List.of("--record", "5", "a", "b"), List.of("--record", "soon"))) {
                assertEquals(2, report(mount, words.toArray(String[]::new)).status(), words::toString);
            }
        }
        assertFalse(Files.exists(directory.resolve("report.html")));
    }

    private void merge(String profile, String text) {
        Shell.in(directory)
                .run(TOOLCHAIN.profdata(), "merge", "-o", profile, text)
                .ok();
    }

    private Path shop() throws IOException {
        Shell.in(directory)
                .bash("cp -r \"$1\" .", Checkout.SOURCES.resolve("resources/report/shop"))
                .ok();
        Path shop = directory.resolve("shop/shop");
        Shell.in(directory.resolve("shop"))
                .bash("\"$1\" cc -- clang-14 -O2 main.c parts/shelf.c -o shop", Checkout.PGOFS)
                .ok();
        return shop;
    }

    private void collect(PgofsMount mount, String file) {
        Shell.in(directory)
                .run(
                        Checkout.PGOFS.toString(),
                        "collect",
                        "--mount",
                        mount.root().toString(),
                        "-o",
                        file)
                .ok();
    }

    private Shell.Result report(PgofsMount mount, String... words) {
        return Shell.in(directory)
                .run(Stream.concat(
                                Stream.of(
                                        Checkout.PGOFS.toString(),
                                        "report",
                                        "--mount",
                                        mount.root().toString()),
                                Stream.of(words))
                        .toArray(String[]::new));
    }

    private ReportPage open(String file) throws Exception {
        return ReportPage.open(browser, directory.resolve(file));
    }
}
