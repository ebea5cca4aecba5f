package org.pgofs.counters.image;

import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes names for images, for use in paths, logs and terminals, out of arbitrary texts that targets give. */
public final class ImageNames {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    /** Not allowed at the beginning: a command would take the name for an option, or a shell would not list it. */
    private static final String PLAIN_LATER = "+-.";
    /** Short enough that, with all additions here and in names of files, the result has at most 255 bytes. */
    private static final int MAX_BASE = 128;

    private static final int ID_DIGITS = 8;

    /** A short build id is all of the id; where that is less than usual, no number follows that could be told from it. */
    private static final Pattern NAME = Pattern.compile("(.+?)-(?:[0-9a-f]{8}(?:-[0-9]+)?|[0-9a-f]{1,7})");

    private ImageNames() {}

    /**
     * The name of an image. It is unique: an image that somebody publishes with the same name, even first, does not
     * hide it.
     *
     * @param path of its file, as a target gave it
     * @param id build id or digest in hexadecimal
     * @param taken whether another image has a name
     * @return base name, first digits of the id, and a number if another image has that name
     */
    public static String of(String path, String id, Predicate<String> taken) {
        String usual = safe(path) + "-" + id.substring(0, Math.min(ID_DIGITS, id.length()));
        String name = usual;
        for (int i = 2; taken.test(name); i++) {
            name = usual + "-" + i;
        }
        return name;
    }

    /**
     * What all builds of a program have in common.
     *
     * @param name of an image
     * @return the name of its file, as far as it is safe
     */
    public static String program(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() ? matcher.group(1) : name;
    }

    /**
     * The name of a program in paths, logs and terminals.
     *
     * @param path of its file
     * @return its base name, at most 128 characters of it, with {@code _} for each character that is not plain
     */
    public static String safe(String path) {
        String base = path.substring(path.lastIndexOf('/') + 1);
        if (base.length() > MAX_BASE) {
            base = base.substring(0, MAX_BASE);
        }
        StringBuilder safe = new StringBuilder(base.length());
        for (int i = 0; i < base.length(); i++) {
            char c = base.charAt(i);
            safe.append(PLAIN.indexOf(c) >= 0 || (i > 0 && PLAIN_LATER.indexOf(c) >= 0) ? c : '_');
        }
        return safe.isEmpty() ? "unnamed" : safe.toString();
    }
}
