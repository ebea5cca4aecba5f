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
 * What {@code llvm-profdata show --all-functions --counts --ic-targets --memop-sizes} prints.
 *
 * @param functions a line for each, in order: name reference, hash, counts
 * @param values a line for each, in order, as {@link #value}
 * @param names names of functions by reference
 */
record ProfileText(List<String> functions, List<String> values, Map<Long, String> names) {
    private static final Pattern NAME = Pattern.compile("  (\\S+):");
    private static final Pattern HASH = Pattern.compile("    Hash: 0x([0-9a-f]+)");
    private static final Pattern COUNTS = Pattern.compile("    Block counts: (\\[.*])");
    private static final Pattern KIND = Pattern.compile("    (Indirect Target|Memory Intrinsic Size) Results:");
    private static final Pattern VALUE = Pattern.compile("\t\\[ *(\\d+), *(.+), *(\\d+) ] .*");

    static ProfileText parse(String text) {
        List<String> functions = new ArrayList<>();
        List<String> values = new ArrayList<>();
        Map<Long, String> names = new HashMap<>();
        long function = 0;
        long hash = 0;
        int kind = 0;
        for (String line : text.split("\n", -1)) {
            Matcher match = NAME.matcher(line);
            if (match.matches()) {
                function = reference(match.group(1));
                names.put(function, match.group(1));
            } else if (match.usePattern(HASH).matches()) {
                hash = Long.parseUnsignedLong(match.group(1), 16);
            } else if (match.usePattern(COUNTS).matches()) {
                functions.add(line(function, hash, match.group(1)));
            } else if (match.usePattern(KIND).matches()) {
                kind = match.group(1).startsWith("I") ? 0 : 1;
            } else if (match.usePattern(VALUE).matches()) {
                String value = match.group(2);
                values.add(value(
                        function,
                        kind,
                        Integer.parseInt(match.group(1)),
                        kind == 0 ? reference(value) : Long.parseLong(value),
                        Long.parseLong(match.group(3))));
            }
        }
        functions.sort(null);
        values.sort(null);
        return new ProfileText(functions, values, names);
    }

    /** One value of a site of a function; of an indirect call it is the name reference of the target. */
    static String value(long function, int kind, int site, long value, long count) {
        return "%016x kind %d site %d: %016x %d".formatted(function, kind, site, value, count);
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
