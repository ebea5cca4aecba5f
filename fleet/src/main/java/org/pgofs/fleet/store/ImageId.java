package org.pgofs.fleet.store;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * What names an image on all hosts.
 *
 * @param name the base name of its file, not empty
 * @param id its build id; without one, the digits that its served name ends with. 1 to 128 lower-case hexadecimal digits
 */
public record ImageId(String name, String id) implements Comparable<ImageId> {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{1,128}");
    private static final int MOST_BYTES = 255;
    private static final String KEPT = "._+";
    private static final int HEX = 16;

    /**
     * Checks both.
     *
     * @param name see the record
     * @param id see the record
     * @throws IllegalArgumentException if one is not as it must be; the message names it
     */
    public ImageId {
        if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw new IllegalArgumentException("the name of an image has 1 to 255 bytes, not '" + name + "'");
        }
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("the id of an image has 1 to 128 hexadecimal digits, not '" + id + "'");
        }
    }

    /**
     * Whether a word can be the id of an image.
     *
     * @param word any
     * @return whether it has 1 to 128 lower-case hexadecimal digits, and nothing else
     */
    public static boolean isId(String word) {
        return ID.matcher(word).matches();
    }

    /**
     * The image's key in the names of objects.
     *
     * @return name and id with '-' between; of the name letters, digits, {@code . _ +} are themselves, but no dot at the
     *     begin, and every other byte is {@code %} and two digits
     */
    public String key() {
        StringBuilder key = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            boolean hidden = b == '.' && key.length() == 0;
            if (!hidden && (isPlain(b) || KEPT.indexOf(b) >= 0)) {
                key.append((char) b);
            } else {
                key.append(String.format("%%%02x", b));
            }
        }
        return key.append('-').append(id).toString();
    }

    private static boolean isPlain(byte b) {
        return (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
    }

    /**
     * Reads a key.
     *
     * @param key as {@link #key} makes it
     * @return the image
     * @throws IllegalArgumentException if it is none; the message says why
     */
    public static ImageId parse(String key) {
        int end = key.lastIndexOf('-');
        if (end < 0) {
            throw new IllegalArgumentException("'" + key + "' is no image key: NAME-BUILDID");
        }
        ImageId image = new ImageId(decoded(key.substring(0, end)), key.substring(end + 1));
        if (!image.key().equals(key)) {
            throw new IllegalArgumentException("'" + key + "' is no image key: it would be " + image.key());
        }
        return image;
    }

    private static String decoded(String word) {
        byte[] bytes = new byte[word.length()];
        int size = 0;
        for (int at = 0; at < word.length(); at++) {
            char c = word.charAt(at);
            if (c == '%' && at + 2 < word.length()) {
                bytes[size++] = (byte)
                        (16 * Character.digit(word.charAt(at + 1), HEX) + Character.digit(word.charAt(at + 2), HEX));
                at += 2;
            } else {
                bytes[size++] = (byte) c;
            }
        }
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(ImageId other) {
        return key().compareTo(other.key());
    }

    @Override
    public String toString() {
        return key();
    }
}
