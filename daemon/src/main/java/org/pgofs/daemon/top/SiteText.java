package org.pgofs.daemon.top;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.ParsedProfile;

/** The values that sites of functions observed, as lines of text. */
final class SiteText {
    private static final int MOST_VALUES = 8;
    private static final int EXACT = 8;
    private static final int LARGEST_RANGE = 512;
    private static final double PERCENT = 100;

    private final ParsedProfile profile;
    private final Map<Long, String> functions = new HashMap<>();

    /** Of the functions of a profile, whose names are by what records have for them. */
    SiteText(ParsedProfile profile, Map<Long, String> names) {
        this.profile = profile;
        for (ParsedFunction function : profile.functions()) {
            if (function.address() != 0 && names.containsKey(function.nameRef())) {
                functions.put(function.address(), names.get(function.nameRef()));
            }
        }
    }

    /** The most frequent values of each site of a function. */
    List<String> of(ParsedFunction function) {
        List<String> lines = new ArrayList<>();
        int site = function.valueSite();
        for (ValueKind kind : ValueKind.values()) {
            int sites =
                    kind.number() < function.sites().size() ? function.sites().get(kind.number()) : 0;
            for (int i = 0; i < sites; i++, site++) {
                add(lines, kind, i, profile.values().at(site));
            }
        }
        return lines;
    }

    private void add(List<String> lines, ValueKind kind, int number, Map<Long, Long> values) {
        double all = values.values().stream().mapToDouble(Long::doubleValue).sum();
        if (all > 0) {
            lines.add(title(kind) + " " + number);
            values.entrySet().stream()
                    .sorted(Map.Entry.<Long, Long>comparingByValue().reversed())
                    .limit(MOST_VALUES)
                    .forEach(value -> lines.add(String.format(
                            Locale.ROOT,
                            "%16d %6.2f %%  %s",
                            value.getValue(),
                            PERCENT * value.getValue() / all,
                            text(kind, value.getKey()))));
            lines.add("");
        }
    }

    private static String title(ValueKind kind) {
        return switch (kind) {
            case INDIRECT_CALL_TARGET -> "targets of indirect call";
            case MEMOP_SIZE -> "bytes of memory operation";
            case VTABLE_TARGET -> "vtables of call";
        };
    }

    private String text(ValueKind kind, long value) {
        return switch (kind) {
            case INDIRECT_CALL_TARGET -> functions.getOrDefault(value, "a function outside of the image");
            case MEMOP_SIZE -> sizes(value);
            case VTABLE_TARGET -> Long.toUnsignedString(value);
        };
    }

    /** The runtime counts the larger sizes in ranges, each under its first size: {@code InstrProfGetRangeRepValue}. */
    private static String sizes(long first) {
        if (first > LARGEST_RANGE) {
            return first + " or more";
        }
        long below = first - 1;
        return first > EXACT && Long.bitCount(below) == 1 ? first + " to " + (2 * below - 1) : "" + first;
    }
}
