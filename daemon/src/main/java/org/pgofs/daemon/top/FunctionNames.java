package org.pgofs.daemon.top;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.pgofs.counters.image.Names;
import org.pgofs.daemon.demangle.FunctionName;

/** Keeps the names in a section by what records have for them, so that a terminal can show them. */
final class FunctionNames implements Names.Visitor {
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
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        found.put(hash.of(bytes, 0, bytes.length), FunctionName.of(text).qualified());
    }

    Map<Long, String> found() {
        return found;
    }
}
