package org.pgofs.daemon.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A record as JSON: an object with a field for each component, in their order, whose name is that of the component with
 * {@code _} between its words. What is null is left out. (Libraries that do this take half a second for the first object,
 * or sort its fields.)
 */
final class StatusJson {
    private static final Pattern WORD_BEGIN = Pattern.compile("[A-Z]|(?<=[a-z])[0-9]");

    private final JsonGenerator json;

    private StatusJson(JsonGenerator json) {
        this.json = json;
    }

    static String of(Record value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            new StatusJson(json).write(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + "\n";
    }

    private void write(Object value) throws IOException {
        if (value instanceof Record fields) {
            writeFields(fields);
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(element);
            }
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName(entry.getKey().toString());
                write(entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString(value.toString());
        }
    }

    private void writeFields(Record fields) throws IOException {
        json.writeStartObject();
        for (RecordComponent component : fields.getClass().getRecordComponents()) {
            Object value = value(component, fields);
            if (value != null) {
                json.writeFieldName(fieldName(component.getName()));
                write(value);
            }
        }
        json.writeEndObject();
    }

    private static Object value(RecordComponent component, Record fields) {
        try {
            return component.getAccessor().invoke(fields);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String fieldName(String component) {
        return WORD_BEGIN
                .matcher(component)
                .replaceAll(begin -> "_" + begin.group().toLowerCase(Locale.ROOT));
    }
}
