package org.pgofs.daemon.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
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
public final class RecordJson {
    private static final Pattern WORD_BEGIN = Pattern.compile("[A-Z]|(?<=[a-z])[0-9]");

    private final JsonGenerator json;

    private RecordJson(JsonGenerator json) {
        this.json = json;
    }

    /**
     * Writes an object.
     *
     * @param value with components that are records, lists, maps, numbers or words
     * @return the text, and the end of a line
     */
    public static String of(Record value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            new RecordJson(json).write(value);
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
        } else if (value instanceof Double number) {
            json.writeNumber(number);
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
            Method accessor = component.getAccessor();
            accessor.setAccessible(true); // most records are of packages that keep them for themselves
            return accessor.invoke(fields);
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
