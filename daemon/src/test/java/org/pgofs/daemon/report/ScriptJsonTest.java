package org.pgofs.daemon.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pgofs.daemon.json.JsonTree;

final class ScriptJsonTest {
    private static final String HOSTILE = "</script><!-- \u2028 \u2029 \ud83d\ude00 \0 \" \\ ]]>";

    private static String json(long number) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = ScriptJson.generator(text)) {
            json.writeStartObject();
            json.writeStringField(HOSTILE, HOSTILE);
            json.writeFieldName("number");
            ScriptJson.writeNumber(json, number);
            json.writeEndObject();
        }
        return text.toString();
    }

    @Test
    void shouldWriteNothingThatEndsAScript() throws IOException {
        String json = json(1);
        assertEquals(-1, json.indexOf('<'));
        assertTrue(json.chars().allMatch(c -> c >= ' ' && c < 127), json);
        assertEquals(HOSTILE, JsonTree.object(json).get(HOSTILE));
    }

    @Test
    void shouldWriteLargeNumbersAsTexts() throws IOException {
        for (long exact : List.of(0L, 1L << 53)) {
            assertEquals(exact, JsonTree.object(json(exact)).get("number"));
        }
        assertEquals("9007199254740993", JsonTree.object(json((1L << 53) + 1)).get("number"));
        assertEquals("18446744073709551615", JsonTree.object(json(-1)).get("number"));
    }
}
