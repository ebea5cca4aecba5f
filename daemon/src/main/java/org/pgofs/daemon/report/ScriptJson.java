package org.pgofs.daemon.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import java.io.IOException;
import java.io.Writer;

/**
 * JSON that may stand in a {@code script} element: no text in it can end the element or begin a comment, and it is ASCII, so
 * that nothing depends on an encoding.
 */
final class ScriptJson extends CharacterEscapes {
    private static final long serialVersionUID = 1;
    private static final int LAST_ASCII = 127;
    private static final long LAST_EXACT = 1L << 53;

    private final int[] escapes = standardAsciiEscapesForJSON();

    private ScriptJson() {
        escapes['<'] = ESCAPE_STANDARD;
    }

    static JsonGenerator generator(Writer out) throws IOException {
        JsonGenerator json = new JsonFactory().createGenerator(out).setHighestNonEscapedChar(LAST_ASCII);
        json.setCharacterEscapes(new ScriptJson());
        return json;
    }

    /** An unsigned number; as a text if JavaScript's numbers cannot hold it. */
    static void writeNumber(JsonGenerator json, long number) throws IOException {
        if (number >= 0 && number <= LAST_EXACT) {
            json.writeNumber(number);
        } else {
            json.writeString(Long.toUnsignedString(number));
        }
    }

    @Override
    public int[] getEscapeCodesForAscii() {
        return escapes;
    }

    @Override
    public SerializableString getEscapeSequence(int ch) {
        return null;
    }
}
