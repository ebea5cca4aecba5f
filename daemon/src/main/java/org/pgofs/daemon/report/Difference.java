package org.pgofs.daemon.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pgofs.daemon.profile.ImageProfile;
import org.pgofs.profdata.read.Overlap;
import org.pgofs.profdata.read.ProfiledFunction;

/** How a profile differs from an earlier one. */
final class Difference {
    private static final double PERCENT = 100;

    private final ImageProfile before;
    private final Overlap overlap;
    private final List<ProfiledFunction> functions;
    private final List<ProfiledFunction> gone;
    private final Map<String, Map<Long, Double>> shares = new HashMap<>();

    /** How a function was there before. */
    private enum Was {
        SAME,
        NEW,
        CHANGED,
        GONE
    }

    Difference(ImageProfile before, ImageProfile now) {
        this.before = before;
        overlap = new Overlap(before.content(), now.content());
        functions = now.content().functions();
        Set<String> names = new HashSet<>();
        functions.forEach(function -> names.add(function.name()));
        gone = before.content().functions().stream()
                .filter(function -> !names.contains(function.name()))
                .toList();
        for (ProfiledFunction function : before.content().functions()) {
            shares.computeIfAbsent(function.name(), name -> new HashMap<>())
                    .merge(function.hash(), share(function), Double::sum);
        }
    }

    /** In percent. */
    private double share(ProfiledFunction function) {
        return overlap.baseSum() == 0 ? 0 : PERCENT * function.sum() / overlap.baseSum();
    }

    /** The functions that only the earlier profile has. */
    List<ProfiledFunction> gone() {
        return gone;
    }

    /** Fields for the whole, and for all functions: those of now, and then those that are gone. */
    void write(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("before");
        json.writeStringField("name", before.name());
        json.writeStringField("read", before.read());
        json.writeNumberField("overlap", PERCENT * overlap.overlap());
        json.writeNumberField("both", overlap.functionsInBoth());
        json.writeNumberField("changed", overlap.functionsMismatched());
        json.writeNumberField("fresh", overlap.functionsOnlyInTest());
        json.writeNumberField("gone", gone.size());
        json.writeEndObject();
        json.writeArrayFieldStart("changes");
        for (ProfiledFunction function : functions) {
            Map<Long, Double> own = shares.get(function.name());
            if (own == null) {
                write(json, 0, Was.NEW);
            } else if (own.containsKey(function.hash())) {
                write(json, own.get(function.hash()), Was.SAME);
            } else {
                double all =
                        own.values().stream().mapToDouble(Double::doubleValue).sum();
                write(json, all, Was.CHANGED);
            }
        }
        for (ProfiledFunction function : gone) {
            write(json, share(function), Was.GONE);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, double share, Was was) throws IOException {
        json.writeStartArray();
        json.writeNumber(share);
        json.writeString(was.name().toLowerCase(Locale.ROOT));
        json.writeEndArray();
    }
}
