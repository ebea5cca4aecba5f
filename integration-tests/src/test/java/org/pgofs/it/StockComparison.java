package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a program twice, linked with the compiler's own runtime and with ours. To be the same: what it prints, counts
 * and values of every function, and what llvm-profdata says of how the two profiles overlap.
 */
record StockComparison(Toolchain toolchain, Path directory) {
    private static final List<String> ROOM_FOR_VALUES = List.of("-mllvm", "-vp-counters-per-site=100");

    private static final Pattern OVERLAP = Pattern.compile("(?m)^ *\\S.*overlap: ([0-9.]+)%$");

    private static final Pattern VALUE = Pattern.compile("(\t\\[ *\\d+, .*, ) *(\\d+) ] .*");

    /**
     * Arguments for compiling what is to be compared: the compiler's own runtime has room for a few values only, and
     * would lose the others.
     */
    static Object[] arguments(Object... more) {
        List<Object> all = new ArrayList<>(ROOM_FOR_VALUES);
        all.addAll(List.of(more));
        return all.toArray();
    }

    /** Runs a program. */
    @FunctionalInterface
    interface Run {
        /**
         * Runs it.
         *
         * @return what it printed
         */
        String apply(Shell shell, Path program);
    }

    /**
     * Builds the two programs, runs them and compares.
     *
     * @param inputs what is linked, or compiled and linked
     * @return what llvm-profdata says of both profiles
     */
    String assertSame(Run run, Object... inputs) throws IOException {
        Path expected = directory.resolve("stock.profraw");
        Shell shell = Shell.in(directory).with("LLVM_PROFILE_FILE", expected.toString());
        String expectedOutput = run.apply(shell, toolchain.stock(directory.resolve("stock"), inputs));

        Path ours = toolchain.instrumented(directory.resolve("ours"), inputs);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            assertEquals(expectedOutput, run.apply(mount.shell(), ours));
            Path actual = mount.copy();
            String show = show(expected);
            assertSameText(show, show(actual));
            assertOverlap(expected, actual);
            return show;
        }
    }

    /** What llvm-profdata says of counts and values of all functions. */
    String show(Path profile) {
        String vtables = toolchain.hasVtables() ? "--show-vtables" : "";
        return Shell.in(directory)
                .bash(
                        "$1 show --all-functions --counts --ic-targets --memop-sizes $2 $3",
                        toolchain.profdata(),
                        vtables,
                        profile)
                .ok()
                .output();
    }

    /**
     * The text of {@code show} with one line for all targets outside the image of a site: they have one name, and the
     * compiler's runtime has an entry for each, because it has their addresses. Without what is computed of the entries.
     */
    private static String summed(String show) {
        StringBuilder text = new StringBuilder();
        Map<String, Long> site = new LinkedHashMap<>();
        for (String line : show.replaceFirst("(?s)\nStatistics for .*", "\n").split("\n", -1)) {
            Matcher value = VALUE.matcher(line);
            if (value.matches()) {
                site.merge(value.group(1), Long.valueOf(value.group(2)), Long::sum);
            } else {
                site.forEach((name, count) -> text.append(name).append(count).append('\n'));
                site.clear();
                text.append(line).append('\n');
            }
        }
        return text.toString();
    }

    /** Compares what {@link #show} returned, and says only where it differs. */
    void assertSameText(String expected, String actual) throws IOException {
        Path wanted = Files.writeString(directory.resolve("expected"), summed(expected));
        Path served = Files.writeString(directory.resolve("actual"), summed(actual));
        Shell.Result diff = Shell.in(directory).run("diff", "-u", wanted.toString(), served.toString());
        assertEquals("", diff.output());
    }

    private void assertOverlap(Path expected, Path actual) {
        String overlap = Shell.in(directory)
                .run(toolchain.profdata(), "overlap", expected.toString(), actual.toString())
                .ok()
                .output();
        List<String> percents =
                OVERLAP.matcher(overlap).results().map(match -> match.group(1)).toList();
        assertTrue(percents.size() >= 1, overlap);
        assertTrue(percents.stream().allMatch("100.000"::equals), overlap);
    }
}
