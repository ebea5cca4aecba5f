package org.pgofs.fleet.store;

import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pgofs.daemon.json.JsonTree;
import org.pgofs.daemon.json.RecordJson;

/**
 * What is said of a piece, in the JSON beside it.
 *
 * @param host as in the name of the piece
 * @param from when the counts begin: that of the take before, or of the daemon's first
 * @param to when they were taken
 * @param processes how many counted, those included that had ended
 * @param total the sum of all counters, or the number of those that are set where counters are marks; 0 to 2^63-1
 * @param rawVersion of the profile, with its variant bits, hexadecimal with {@code 0x}
 * @param rawSize bytes of the profile before it was compressed
 * @param attention what somebody should look after, a sentence each
 * @param labels what the shipper was told to say of its host
 */
public record PieceInfo(
        String host,
        String from,
        String to,
        long processes,
        long total,
        String rawVersion,
        long rawSize,
        List<String> attention,
        Map<String, String> labels) {
    /** No JSON of a piece has more bytes. */
    public static final int MOST_BYTES = 1 << 20;

    private static final int HEX = 16;

    /**
     * Keeps copies.
     *
     * @param host see the record
     * @param from see the record
     * @param to see the record
     * @param processes see the record
     * @param total see the record
     * @param rawVersion see the record
     * @param rawSize see the record
     * @param attention see the record
     * @param labels see the record
     */
    public PieceInfo {
        attention = List.copyOf(attention);
        labels = new TreeMap<>(labels);
    }

    /**
     * The same of moments and numbers.
     *
     * @param host see the record
     * @param from see the record
     * @param to see the record
     * @param processes see the record
     * @param total see the record
     * @param rawVersion see the record
     * @param rawSize see the record
     * @param attention see the record
     * @param labels see the record
     */
    public PieceInfo(
            String host,
            Instant from,
            Instant to,
            long processes,
            long total,
            long rawVersion,
            long rawSize,
            List<String> attention,
            Map<String, String> labels) {
        this(
                host,
                from.toString(),
                to.toString(),
                processes,
                total,
                "0x" + Long.toHexString(rawVersion),
                rawSize,
                attention,
                labels);
    }

    /**
     * The JSON.
     *
     * @return an object, and the end of a line
     */
    public String toJson() {
        return RecordJson.of(this);
    }

    /**
     * Reads the JSON; what it has more is passed over.
     *
     * @param text of the object
     * @return what it says
     * @throws IOException if it is not what it should be; the message names the field
     */
    public static PieceInfo parse(String text) throws IOException {
        Map<?, ?> fields = JsonTree.object(text);
        PieceInfo info = new PieceInfo(
                text(fields, "host"),
                moment(fields, "from"),
                moment(fields, "to"),
                number(fields, "processes"),
                number(fields, "total"),
                text(fields, "raw_version"),
                number(fields, "raw_size"),
                texts(fields),
                labels(fields));
        try {
            info.version();
        } catch (NumberFormatException e) {
            throw bad("raw_version", e);
        }
        return info;
    }

    /**
     * The raw version as a number.
     *
     * @return with its variant bits
     */
    public long version() {
        return Long.parseUnsignedLong(rawVersion.replaceFirst("^0x", ""), HEX);
    }

    private static IOException bad(String field, Exception cause) {
        return new IOException("its JSON has a bad " + field, cause);
    }

    private static String text(Map<?, ?> fields, String name) throws IOException {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw bad(name, null);
    }

    private static String moment(Map<?, ?> fields, String name) throws IOException {
        try {
            return Instant.parse(text(fields, name)).toString();
        } catch (DateTimeParseException e) {
            throw bad(name, e);
        }
    }

    private static long number(Map<?, ?> fields, String name) throws IOException {
        if (fields.get(name) instanceof Long number && number >= 0) {
            return number;
        }
        throw bad(name, null);
    }

    private static List<String> texts(Map<?, ?> fields) throws IOException {
        if (!(fields.get("attention") instanceof List<?> list)) {
            throw bad("attention", null);
        }
        List<String> texts = new ArrayList<>();
        for (Object element : list) {
            texts.add(element.toString());
        }
        return texts;
    }

    private static Map<String, String> labels(Map<?, ?> fields) throws IOException {
        if (!(fields.get("labels") instanceof Map<?, ?> map)) {
            throw bad("labels", null);
        }
        Map<String, String> labels = new TreeMap<>();
        map.forEach((label, value) -> labels.put(label.toString(), value.toString()));
        return labels;
    }
}
