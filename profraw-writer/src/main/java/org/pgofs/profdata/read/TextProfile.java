package org.pgofs.profdata.read;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Names;

/**
 * Writes profiles as text, which every llvm-profdata reads and {@code llvm-profdata merge --text} writes; without its
 * comments. A function has its name, hash, number of counters and each counter on a line of its own, then bitmap and values.
 */
public final class TextProfile {
    private static final String UNKNOWN = "** External Symbol **";
    private static final long ENTRY_FIRST = 1L << 58;

    private final Appendable out;
    private final Map<Long, String> names = new HashMap<>();

    private TextProfile(Appendable out, List<ProfiledFunction> functions) {
        this.out = out;
        Names.Hash hash = new Names.Hash();
        for (ProfiledFunction function : functions) {
            byte[] name = function.name().getBytes(StandardCharsets.ISO_8859_1);
            names.put(hash.of(name, 0, name.length), function.name());
        }
    }

    /**
     * Writes a profile.
     *
     * @param content the profile
     * @param out where to; a character of a name is a byte
     * @throws IOException if it cannot be written
     */
    public static void write(IndexedContent content, Appendable out) throws IOException {
        TextProfile text = new TextProfile(out, content.functions());
        text.writeFlags(content.version());
        if (Variant.hasTimes(content.version())) {
            text.writeTraces(content.traces());
        }
        List<ProfiledFunction> sorted = content.functions().stream()
                .sorted(Comparator.comparing(ProfiledFunction::name)
                        .thenComparing(ProfiledFunction::hash, Long::compareUnsigned))
                .toList();
        for (ProfiledFunction function : sorted) {
            text.write(function);
        }
    }

    private void writeFlags(long version) throws IOException {
        if ((version & Variant.CONTEXT_SENSITIVE) != 0) {
            line(":csir");
        } else if ((version & Variant.IR) != 0) {
            line(":ir");
        }
        if ((version & ENTRY_FIRST) != 0) {
            line(":entry_first");
        }
        if ((version & Variant.BYTE_COVERAGE) != 0) {
            line(":single_byte_coverage");
        }
    }

    private void writeTraces(List<IndexedContent.Trace> traces) throws IOException {
        line(":temporal_prof_traces");
        line(traces.size());
        line(traces.size());
        for (IndexedContent.Trace trace : traces) {
            line(Long.toUnsignedString(trace.weight()));
            for (long name : trace.names()) {
                out.append(names.getOrDefault(name, "")).append(',');
            }
            line("");
        }
        line("");
    }

    private void write(ProfiledFunction function) throws IOException {
        line(function.name());
        line(Long.toUnsignedString(function.hash()));
        line(function.size());
        for (int i = 0; i < function.size(); i++) {
            line(Long.toUnsignedString(function.counter(i)));
        }
        int bits = function.bitmap().limit() / Long.BYTES;
        if (bits > 0) {
            line("$" + bits);
            for (int i = 0; i < bits; i++) {
                line("0x" + Long.toHexString(function.bitmap().getLong(i * Long.BYTES)));
            }
            line("");
        }
        writeValues(function);
        line("");
    }

    private void writeValues(ProfiledFunction function) throws IOException {
        long kinds =
                function.values().stream().filter(sites -> !sites.isEmpty()).count();
        if (kinds > 0) {
            line(kinds);
        }
        for (int kind = 0; kind < function.values().size(); kind++) {
            List<List<ProfiledValue>> sites = function.values().get(kind);
            if (!sites.isEmpty()) {
                line(kind);
                line(sites.size());
                for (List<ProfiledValue> site : sites) {
                    line(site.size());
                    for (ProfiledValue value : site) {
                        line(text(kind, value.value()) + ":" + Long.toUnsignedString(value.count()));
                    }
                }
            }
        }
    }

    private String text(int kind, long value) {
        return kind == ValueKind.MEMOP_SIZE.number()
                ? Long.toUnsignedString(value)
                : names.getOrDefault(value, UNKNOWN);
    }

    private void line(Object content) throws IOException {
        out.append(content.toString()).append('\n');
    }
}
