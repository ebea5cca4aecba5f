package org.pgofs.fleet.store;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgofs.counters.format.Variant;

/**
 * The name of a piece: what one take of one daemon had of one image. A piece is never changed, and what is said of it (see
 * {@link PieceInfo}) lies beside it and is there before it.
 *
 * <pre>
 *   v1/IMAGE-KEY/VARIANT/YYYYMMDDTHH/HOST-BOOTID-SEQUENCE.profraw.zst
 *   v1/IMAGE-KEY/VARIANT/YYYYMMDDTHH/HOST-BOOTID-SEQUENCE.json
 * </pre>
 *
 * The hour is in UTC, and that in which the take was. Two daemons on one host need names of their own.
 *
 * @param image whose counts it has
 * @param variant how the image is instrumented, see the record
 * @param hour a whole hour
 * @param host the name of the host: 1 to 200 letters, digits, {@code . _ -}, with no dot at the begin
 * @param boot of the host: 32 lower-case hexadecimal digits
 * @param sequence the number of the take, 0 or more
 */
public record PieceName(ImageId image, String variant, Instant hour, String host, String boot, long sequence)
        implements Comparable<PieceName> {
    /** The directory of all pieces. */
    public static final String ROOT = "v1/";

    /** The end of a piece's name. */
    public static final String PIECE = ".profraw.zst";

    /** The end of the name of what is said of it. */
    public static final String INFO = ".json";

    private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("yyyyMMdd'T'HH", Locale.ROOT);
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmm", Locale.ROOT);
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");
    private static final Pattern BOOT = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern VARIANT = Pattern.compile("[a-z]+([+-][a-z]+)*");
    private static final Pattern FILE = Pattern.compile("(.+)-([0-9a-f]{32})-([0-9]{10,19})");
    private static final int PARTS = 5;

    /**
     * Checks all parts.
     *
     * @param image see the record
     * @param variant see the record
     * @param hour see the record
     * @param host see the record
     * @param boot see the record
     * @param sequence see the record
     * @throws IllegalArgumentException if one is not as it must be; the message names it
     */
    public PieceName {
        require(VARIANT.matcher(variant).matches(), "variant", variant);
        require(hour.equals(hour.truncatedTo(ChronoUnit.HOURS)), "hour", hour);
        require(HOST.matcher(host).matches(), "host", host);
        require(BOOT.matcher(boot).matches(), "boot id", boot);
        require(sequence >= 0, "sequence", sequence);
    }

    /**
     * Whether a word says how an image may be instrumented.
     *
     * @param word any
     * @return whether it is one of a piece's name
     */
    public static boolean isVariant(String word) {
        return VARIANT.matcher(word).matches();
    }

    private static void require(boolean condition, String part, Object value) {
        if (!condition) {
            throw new IllegalArgumentException("'" + value + "' cannot be the " + part + " of a piece");
        }
    }

    /**
     * Whether a word can be the name of a host.
     *
     * @param word any
     * @return whether it is as the record says
     */
    public static boolean isHost(String word) {
        return HOST.matcher(word).matches();
    }

    /**
     * The word for how an image is instrumented.
     *
     * @param rawVersion as the image has it
     * @return {@code ir} for what the optimiser instrumented in the plain way, and else the words of
     *     {@link Variant#words}, joined by +
     */
    public static String variant(long rawVersion) {
        List<String> words = Variant.words(rawVersion);
        return words.isEmpty() ? "ir" : String.join("+", words);
    }

    /**
     * The directory in which the pieces of one hour lie.
     *
     * @param hour a whole hour
     * @return its name, without what it lies in
     */
    public static String hour(Instant hour) {
        return HOUR.format(hour.atOffset(ZoneOffset.UTC));
    }

    /**
     * The hour of a directory.
     *
     * @param name as {@link #hour(Instant)} makes it
     * @return a whole hour
     * @throws IllegalArgumentException if it is none
     */
    public static Instant parseHour(String name) {
        try {
            Instant hour = LocalDateTime.parse(name + "00", MINUTE).toInstant(ZoneOffset.UTC);
            require(hour(hour).equals(name), "hour", name);
            return hour;
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + name + "' is no hour: YYYYMMDDTHH", e);
        }
    }

    /**
     * The directory in which it lies.
     *
     * @return ends with a slash
     */
    public String directory() {
        return ROOT + image.key() + "/" + variant + "/" + hour(hour) + "/";
    }

    private String file() {
        return String.format(Locale.ROOT, "%s-%s-%010d", host, boot, sequence);
    }

    /**
     * The name of the piece.
     *
     * @return relative to the store
     */
    public String path() {
        return directory() + file() + PIECE;
    }

    /**
     * The name of what is said of it.
     *
     * @return relative to the store
     */
    public String infoPath() {
        return directory() + file() + INFO;
    }

    /**
     * Reads a name.
     *
     * @param path as {@link #path} makes it
     * @return the piece
     * @throws IllegalArgumentException if it is none; the message says why
     */
    public static PieceName parse(String path) {
        String[] parts = path.split("/", -1);
        String file = parts[parts.length - 1];
        Matcher words = FILE.matcher(file.endsWith(PIECE) ? file.substring(0, file.length() - PIECE.length()) : "");
        if (parts.length != PARTS || !path.startsWith(ROOT) || !words.matches()) {
            throw new IllegalArgumentException(
                    "no name of a piece: v1/IMAGE-KEY/VARIANT/YYYYMMDDTHH/HOST-BOOTID-SEQUENCE" + PIECE);
        }
        PieceName piece = new PieceName(
                ImageId.parse(parts[1]),
                parts[2],
                parseHour(parts[3]),
                words.group(1),
                words.group(2),
                number(words.group(3)));
        require(piece.path().equals(path), "name", path);
        return piece;
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + digits + "' cannot be the sequence of a piece", e);
        }
    }

    @Override
    public int compareTo(PieceName other) {
        return path().compareTo(other.path());
    }

    @Override
    public String toString() {
        return path();
    }
}
