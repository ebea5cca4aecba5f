package org.pgofs.daemon.top;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A view as lines of text. */
final class TopText {
    static final String HEADING =
            String.format("%12s %16s %6s %6s  %-24s %s", "COUNTS/s", "COUNT", "SHARE", "CUMUL", "IMAGE", "FUNCTION");

    private TopText() {}

    /** What all functions have in common. */
    static List<String> header(View view) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "pgofs top %s: %d images, %d processes, %.0f counts/s, functions %d/%d",
                view.mount(),
                view.images(),
                view.processes(),
                view.countsPerSecond(),
                view.counting(),
                view.functions()));
        String quiet = view.quietSeconds() < 0
                ? "no new function since this began"
                : String.format(Locale.ROOT, "the last new function was seen %.0f s ago", view.quietSeconds());
        lines.add(String.format("%d functions make 99 %% of the counts since the last reset; %s", view.most(), quiet));
        lines.add(view.progress().line());
        lines.add("counts are entries of functions and of blocks in them, not time");
        return lines;
    }

    static String row(View.Row row) {
        return String.format(
                Locale.ROOT,
                "%12.1f %16d %6.2f %6.2f  %-24s %s",
                row.rate(),
                row.count(),
                row.share(),
                row.cumulated(),
                row.function().image(),
                row.function().name());
    }

    /** All of it. */
    static String of(View view) {
        List<String> lines = header(view);
        lines.add("");
        lines.add(HEADING);
        view.rows().forEach(row -> lines.add(row(row)));
        return String.join("\n", lines) + "\n";
    }

    static String csvHeading() {
        return "rate,count,share,cumulated,image,function\n";
    }

    /** As RFC 4180 has it, but for the ends of lines. */
    static String csv(View view) {
        StringBuilder text = new StringBuilder();
        for (View.Row row : view.rows()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%.3f,%d,%.3f,%.3f,%s,%s%n",
                    row.rate(),
                    row.count(),
                    row.share(),
                    row.cumulated(),
                    row.function().image(),
                    quoted(row.function().name())));
        }
        return text.toString();
    }

    private static String quoted(String field) {
        return field.matches("[^\",]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
    }
}
