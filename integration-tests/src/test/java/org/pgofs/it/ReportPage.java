package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of {@code pgofs report} in a browser. */
final class ReportPage {
    private static final Pattern CUTOFF =
            Pattern.compile("(?m)^(\\d+) blocks with count >= (\\d+) account for ([0-9.]+) percentage");

    private final Browser browser;

    private ReportPage(Browser browser) {
        this.browser = browser;
    }

    /** Opens it: it asks for nothing but itself, and no script of it fails. */
    static ReportPage open(Browser browser, Path file) throws IOException {
        browser.open(file);
        assertEquals(List.of(), browser.complaints());
        assertEquals(
                List.of(file.toUri().toString()),
                browser.requests().stream()
                        .filter(url -> !url.startsWith("data:"))
                        .toList());
        return new ReportPage(browser);
    }

    String text(String selector) throws IOException {
        return (String) browser.value("document.querySelector(" + quoted(selector) + ").textContent");
    }

    long count(String selector) throws IOException {
        return (Long) browser.value("document.querySelectorAll(" + quoted(selector) + ").length");
    }

    boolean isHidden(String selector) throws IOException {
        return (Boolean)
                browser.value("getComputedStyle(document.querySelector(" + quoted(selector) + ")).display === 'none'");
    }

    void click(String selector) throws IOException {
        browser.value("document.querySelector(" + quoted(selector) + ").click()");
    }

    /** A function in the picture. */
    void clickInThePicture(String name) throws IOException {
        browser.value("[...document.querySelectorAll('#map .cell')].find(cell =>"
                + " functions[cell.dataset.map].name === " + quoted(name) + ").click()");
    }

    /** As if it were typed. */
    void search(String text) throws IOException {
        browser.value("{ const search = document.getElementById('search'); search.value = " + quoted(text)
                + "; search.dispatchEvent(new Event('input')); }");
    }

    /** The names in the rows of the table. */
    List<String> names() throws IOException {
        return ((List<?>) browser.value("[...document.querySelectorAll('#rows tr.row td.name')].map(cell =>"
                        + " [...cell.childNodes].find(node => node.nodeType === Node.TEXT_NODE).data)"))
                .stream().map(String.class::cast).toList();
    }

    /** What the page says is what llvm-profdata says of a profile, of each function too. */
    void assertNumbersOf(Toolchain toolchain, Path profile) throws IOException {
        String show = Shell.in(profile.getParent())
                .run(
                        toolchain.profdata(),
                        "show",
                        "--all-functions",
                        "--counts",
                        "--detailed-summary",
                        "--detailed-summary-cutoffs=990000,999999",
                        profile.toString())
                .ok()
                .output();
        assertEquals(number(show, "Total functions: (\\d+)"), limit("Functions"));
        assertEquals(number(show, "Maximum function count: (\\d+)"), limit("Largest first counter"));
        assertEquals(number(show, "Maximum internal block count: (\\d+)"), limit("Largest other counter"));
        Map<String, String> cutoffs = new HashMap<>();
        for (Matcher cutoff = CUTOFF.matcher(show); cutoff.find(); ) {
            cutoffs.put(cutoff.group(3), cutoff.group(1) + " from " + cutoff.group(2));
        }
        assertEquals(cutoffs.get("99"), limit("Hot counters") + " from " + limit("Hot from"));
        assertEquals(cutoffs.get("99.9999").replaceFirst(".* from ", ""), limit("Cold up to"));

        Map<String, Long> sums = new HashMap<>();
        Profile.of(toolchain, profile)
                .counts()
                .forEach((name, counts) -> counts.forEach(counters -> sums.merge(
                        name.replaceFirst(".*[:;](?=[^:;]+$)", ""),
                        counters.stream().mapToLong(Long::longValue).sum(),
                        Long::sum)));
        browser.value("rows = functions.length; table()");
        Map<String, Long> shown = new HashMap<>();
        for (Object row : (List<?>) browser.value("[...document.querySelectorAll('#rows tr.row')].map(row =>"
                + " [functions[row.dataset.function].symbol, row.children[" + (isCompared() ? 3 : 2)
                + "].textContent])")) {
            List<?> fields = (List<?>) row;
            shown.merge((String) fields.get(0), Long.valueOf(((String) fields.get(1)).replace(",", "")), Long::sum);
        }
        assertEquals(sums, shown);
    }

    private boolean isCompared() throws IOException {
        return !isHidden("#difference");
    }

    private String limit(String title) throws IOException {
        return text("[data-limit='" + title + "']").replace(",", "");
    }

    static String number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in " + text);
        }
        return matcher.group(1);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
