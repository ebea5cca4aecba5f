package org.pgofs.daemon.top;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.pgofs.counters.image.Names;
import org.pgofs.daemon.demangle.Demangler;

/** Keeps the names in a section by what records have for them, so that a terminal can show them. */
final class FunctionNames implements Names.Visitor {
    private static final int LONGEST = 4096;

    private final Names.Hash hash = new Names.Hash();
    private final ByteArrayOutputStream name = new ByteArrayOutputStream();
    private final Map<Long, String> found = new HashMap<>();

    @Override
    public void part(byte[] bytes, int offset, int length) {
        name.write(bytes, offset, length);
    }

    @Override
    public void end() {
        byte[] bytes = name.toByteArray();
        name.reset();
        String text = new String(bytes, 0, Math.min(bytes.length, LONGEST), StandardCharsets.UTF_8);
        found.put(hash.of(bytes, 0, bytes.length), Demangler.readable(text).replaceAll("[^\\p{Graph}\\p{L} ]", "?"));
    }

    Map<Long, String> found() {
        return found;
    }
}
