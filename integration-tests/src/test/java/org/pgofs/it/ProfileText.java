package org.pgofs.it;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code llvm-profdata show --all-functions --counts} prints.
 *
 * @param functions a line for each, in order: name reference, hash, counts
 * @param names names of functions by reference
 */
record ProfileText(List<String> functions, Map<Long, String> names) {
    private static final Pattern FUNCTION =
            Pattern.compile("  (\\S+):\n    Hash: 0x([0-9a-f]+)\n    Counters: \\d+\n    Block counts: (\\[.*])\n");

    static ProfileText parse(String text) {
        List<String> functions = new ArrayList<>();
        Map<Long, String> names = new HashMap<>();
        for (Matcher match = FUNCTION.matcher(text); match.find(); ) {
            long reference = reference(match.group(1));
            functions.add(line(reference, Long.parseUnsignedLong(match.group(2), 16), match.group(3)));
            names.put(reference, match.group(1));
        }
        functions.sort(null);
        return new ProfileText(functions, names);
    }

    static String line(long reference, long hash, String counts) {
        return "%016x %016x %s".formatted(reference, hash, counts);
    }

    /** How records name a function. */
    static long reference(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(name.getBytes(StandardCharsets.ISO_8859_1));
            return ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
