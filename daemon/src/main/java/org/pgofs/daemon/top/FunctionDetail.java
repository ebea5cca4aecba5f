package org.pgofs.daemon.top;

import java.io.IOException;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One function as lines of text. */
final class FunctionDetail {
    private FunctionDetail() {}

    /** With the counts of a view, what its value sites have observed until now, and lines of its source. */
    static List<String> lines(FunctionCounts function, View view, MountReader reader, List<String> source)
            throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(function.name());
        lines.add("in " + function.image());
        View.Row row = view.rows().stream()
                .filter(candidate -> candidate.function().key().equals(function.key()))
                .findFirst()
                .orElse(null);
        if (row == null) {
            lines.add("it has counted nothing since the last reset");
            return lines;
        }
        lines.add(String.format(Locale.ROOT, "%.1f counts/s, %d counts since the last reset", row.rate(), row.count()));
        lines.add("");
        lines.addAll(reader.sites(function));
        LongBuffer counters = row.function().counters();
        lines.add(counters.limit() + " counters");
        for (int i = 0; i < counters.limit(); i++) {
            lines.add(String.format("%6d %16d", i, counters.get(i)));
        }
        lines.add("");
        lines.addAll(source);
        return lines;
    }
}
