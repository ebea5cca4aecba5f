package org.pgofs.daemon.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Names;
import org.pgofs.daemon.demangle.FunctionName;
import org.pgofs.daemon.profile.ImageProfile;
import org.pgofs.profdata.read.ProfileSummary;
import org.pgofs.profdata.read.ProfiledFunction;
import org.pgofs.profdata.read.ProfiledValue;

/**
 * What a page shows, as JSON:
 *
 * <pre>
 *   made       the moment
 *   profiles   [{name, program, build_id, processes, since, read, kind, coverage, functions, counters, sum,
 *                max_entry, max_other, hot: [count, counters], cold: [count, counters],
 *                cutoffs: [[millionths, count, counters]]}]
 *   before     {name, read, overlap, ...} of a comparison
 *   growth     [[seconds, functions, counters]]
 *   fleet      {windows: [[since, until, pieces, hosts, total, functions, ran, overlap or null, whether it is shown]],
 *               hosts: [[name, pieces, total, overlap or null, words]], left_out: [[object, reason]]} of many machines
 *   files      [path]
 *   functions  [[profile, name, symbol or 0 if it is the name, file or -1, hash, counters: their number if all are 0]]
 *   changes    of a comparison, for each function [its share before, how it was there before]
 *   sites      [[function, kind, number, [[value, count]]]]; the value of a call target is the number of a function, or -1
 * </pre>
 */
final class PageData {
    private final Page page;
    private final Map<String, Integer> files = new LinkedHashMap<>();
    private JsonGenerator json;

    PageData(Page page) {
        this.page = page;
    }

    void write(Writer out) throws IOException {
        try (JsonGenerator generator = ScriptJson.generator(out)) {
            json = generator;
            json.writeStartObject();
            json.writeStringField(
                    "made", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
            json.writeArrayFieldStart("profiles");
            for (ImageProfile profile : page.shown()) {
                json.writeStartObject();
                writeAbout(profile);
                writeSummary(ProfileSummary.of(profile.content()));
                json.writeEndObject();
            }
            json.writeEndArray();
            writeGrowth();
            if (page.fleet() != null) {
                page.fleet().write(json);
            }
            writeFunctions();
            writeSites();
            json.writeArrayFieldStart("files");
            for (String file : files.keySet()) {
                json.writeString(file);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private void writeAbout(ImageProfile profile) throws IOException {
        long version = profile.content().version();
        write("name", profile.name());
        write("program", profile.program());
        write("build_id", profile.buildId());
        write("processes", profile.processes());
        write("since", profile.since());
        write("read", profile.read());
        write("kind", String.join(", ", Variant.words(version)));
        json.writeBooleanField("coverage", (version & Variant.IR) == 0);
    }

    private void write(String field, String text) throws IOException {
        json.writeStringField(field, text == null ? "" : text);
    }

    private void write(String field, long number) throws IOException {
        json.writeFieldName(field);
        ScriptJson.writeNumber(json, number);
    }

    private void writeSummary(ProfileSummary summary) throws IOException {
        write("functions", summary.functions());
        write("counters", summary.counters());
        write("sum", summary.sum());
        write("max_entry", summary.greatestEntry());
        write("max_other", summary.greatestOther());
        json.writeArrayFieldStart("cutoffs");
        for (ProfileSummary.Cutoff cutoff : summary.cutoffs()) {
            writeNumbers(cutoff.millionths(), cutoff.count(), cutoff.counters());
        }
        json.writeEndArray();
        json.writeFieldName("hot");
        writeLimit(summary.cutoff(ProfileSummary.HOT));
        json.writeFieldName("cold");
        writeLimit(summary.cutoff(ProfileSummary.COLD));
    }

    private void writeLimit(ProfileSummary.Cutoff limit) throws IOException {
        writeNumbers(limit.count(), limit.counters());
    }

    private void writeNumbers(long... numbers) throws IOException {
        json.writeStartArray();
        for (long number : numbers) {
            ScriptJson.writeNumber(json, number);
        }
        json.writeEndArray();
    }

    private void writeGrowth() throws IOException {
        json.writeArrayFieldStart("growth");
        for (Recording.Sample sample : page.growth()) {
            json.writeStartArray();
            json.writeNumber(sample.seconds());
            json.writeNumber(sample.functions());
            json.writeNumber(sample.counters());
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private void writeFunctions() throws IOException {
        Difference difference = page.before() == null
                ? null
                : new Difference(page.before(), page.shown().get(0));
        json.writeArrayFieldStart("functions");
        for (int i = 0; i < page.shown().size(); i++) {
            for (ProfiledFunction function : page.shown().get(i).content().functions()) {
                writeFunction(i, page.shown().get(i), function);
            }
        }
        if (difference != null) {
            for (ProfiledFunction function : difference.gone()) {
                writeFunction(0, page.before(), function.withoutCounts());
            }
        }
        json.writeEndArray();
        if (difference != null) {
            difference.write(json);
        }
    }

    private void writeFunction(int number, ImageProfile profile, ProfiledFunction function) throws IOException {
        FunctionName name = FunctionName.of(function.name());
        String file = profile.file(function.name());
        json.writeStartArray();
        json.writeNumber(number);
        json.writeString(name.readable());
        if (name.readable().equals(name.symbol())) {
            json.writeNumber(0);
        } else {
            json.writeString(name.symbol());
        }
        json.writeNumber(file.isEmpty() ? -1 : files.computeIfAbsent(file, key -> files.size()));
        json.writeString(Long.toUnsignedString(function.hash()));
        if (isZero(function)) {
            json.writeNumber(function.size());
        } else {
            json.writeStartArray();
            for (int i = 0; i < function.size(); i++) {
                ScriptJson.writeNumber(json, function.counter(i));
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static boolean isZero(ProfiledFunction function) {
        for (int i = 0; i < function.size(); i++) {
            if (function.counter(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void writeSites() throws IOException {
        json.writeArrayFieldStart("sites");
        int first = 0;
        for (ImageProfile profile : page.shown()) {
            List<ProfiledFunction> functions = profile.content().functions();
            Map<Long, Integer> targets = targets(functions, first);
            for (int i = 0; i < functions.size(); i++) {
                writeSites(first + i, functions.get(i), targets);
            }
            first += functions.size();
        }
        json.writeEndArray();
    }

    /** The numbers of functions by the hashes of their names. */
    private static Map<Long, Integer> targets(List<ProfiledFunction> functions, int first) {
        Map<Long, Integer> targets = new HashMap<>();
        Names.Hash hash = new Names.Hash();
        for (int i = 0; i < functions.size(); i++) {
            byte[] name = functions.get(i).name().getBytes(StandardCharsets.ISO_8859_1);
            targets.put(hash.of(name, 0, name.length), first + i);
        }
        return targets;
    }

    private void writeSites(int function, ProfiledFunction profiled, Map<Long, Integer> targets) throws IOException {
        for (ValueKind kind : ValueKind.values()) {
            for (int site = 0; site < profiled.sites(kind.number()); site++) {
                List<ProfiledValue> values =
                        profiled.values().get(kind.number()).get(site);
                if (!values.isEmpty()) {
                    json.writeStartArray();
                    json.writeNumber(function);
                    json.writeNumber(kind.number());
                    json.writeNumber(site);
                    json.writeStartArray();
                    for (ProfiledValue value : values) {
                        json.writeStartArray();
                        if (kind == ValueKind.INDIRECT_CALL_TARGET) {
                            json.writeNumber(targets.getOrDefault(value.value(), -1));
                        } else {
                            json.writeString(Long.toUnsignedString(value.value()));
                        }
                        ScriptJson.writeNumber(json, value.count());
                        json.writeEndArray();
                    }
                    json.writeEndArray();
                    json.writeEndArray();
                }
            }
        }
    }
}
