package org.pgofs.daemon.top;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.pgofs.daemon.history.Progress;

/** A view as a JSON object in one line. */
final class TopJson {
    private TopJson() {}

    static String of(View view) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("mount", view.mount());
            json.writeNumberField("seconds", view.seconds());
            json.writeNumberField("images", view.images());
            json.writeNumberField("processes", view.processes());
            json.writeNumberField("counts_per_second", view.countsPerSecond());
            json.writeNumberField("functions_counting", view.counting());
            json.writeNumberField("functions", view.functions());
            json.writeNumberField("functions_of_99_percent", view.most());
            if (view.quietSeconds() >= 0) {
                json.writeNumberField("seconds_since_new_function", view.quietSeconds());
            }
            json.writeNumberField("counters", view.progress().counters());
            json.writeNumberField("nonzero_counters", view.progress().nonzero());
            json.writeNumberField("seconds_since_new_counter", view.progress().quietSeconds());
            json.writeArrayFieldStart("overlaps");
            for (Progress.Overlap overlap : view.progress().overlaps()) {
                json.writeStartObject();
                json.writeNumberField("seconds", overlap.seconds());
                json.writeNumberField("percent", overlap.percent());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("rows");
            for (View.Row row : view.rows()) {
                write(json, row);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + "\n";
    }

    private static void write(JsonGenerator json, View.Row row) throws IOException {
        json.writeStartObject();
        json.writeNumberField("rate", row.rate());
        json.writeNumberField("count", row.count());
        json.writeNumberField("share", row.share());
        json.writeNumberField("cumulated", row.cumulated());
        json.writeStringField("image", row.function().image());
        json.writeStringField("function", row.function().name());
        json.writeEndObject();
    }
}
