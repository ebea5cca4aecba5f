package org.pgofs.daemon.demangle;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of Rust before v0: those of C++ in form, with a hash at the end, and with words for what C++ does not have. */
final class LegacyRustName {
    private static final Pattern FORM = Pattern.compile("_ZN.*17h[0-9a-f]{16}E");
    private static final Pattern ESCAPE = Pattern.compile("\\$(?:u([0-9a-f]{1,5})|([A-Z]+))\\$");
    private static final Map<String, String> WORDS =
            Map.of("SP", "@", "BP", "*", "RF", "&", "LT", "<", "GT", ">", "LP", "(", "RP", ")", "C", ",");

    private LegacyRustName() {}

    /** How many letters at the begin of a name are one; 0 if none are. */
    static int length(String name) {
        Matcher form = FORM.matcher(name);
        return form.lookingAt() ? form.end() : 0;
    }

    static String readable(String name) throws NotUnderstoodException {
        Letters letters = new Letters(name.substring("_ZN".length()));
        StringBuilder path = new StringBuilder();
        while (!letters.accept("E")) {
            String element = letters.take(letters.decimal());
            if (letters.peek() != 'E' || !element.matches("h[0-9a-f]{16}")) {
                path.append(path.length() == 0 ? "" : "::").append(unescaped(element));
            }
        }
        return path.toString();
    }

    private static String unescaped(String element) throws NotUnderstoodException {
        String text = element.startsWith("_$") ? element.substring(1) : element;
        Matcher escapes = ESCAPE.matcher(text.replace("..", "::"));
        StringBuilder unescaped = new StringBuilder();
        while (escapes.find()) {
            String word = escapes.group(1) == null
                    ? WORDS.get(escapes.group(2))
                    : Character.toString(Integer.parseInt(escapes.group(1), 16));
            if (word == null) {
                throw new NotUnderstoodException(escapes.group());
            }
            escapes.appendReplacement(unescaped, Matcher.quoteReplacement(word));
        }
        return escapes.appendTail(unescaped).toString();
    }
}
