package org.pgofs.daemon;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file with the options of {@code pgofs mount}, as {@code /etc/default/pgofs}. Its form is what both systemd and a shell
 * read alike: lines of {@code KEY=VALUE}, of which the value may be in quotes, empty lines, and comments that begin with
 * {@code #}. Immutable.
 */
final class ConfigFile {
    /** Nobody writes more; what is larger is another file. */
    private static final long MAX_SIZE = 1 << 16;

    private static final String QUOTES = "\"'";

    /** What can be said, in the order of the file that is installed. */
    enum Key {
        PGOFS_MOUNTPOINT("MOUNTPOINT"),
        PGOFS_OPTIONS("-o"),
        PGOFS_SEGMENT_DIR("--segment-dir"),
        PGOFS_RAW_VERSION("--raw-version"),
        PGOFS_LIMITS("--limits"),
        PGOFS_USER_LIMITS("--user-limits"),
        /** For the launcher, which has it in its environment. */
        JAVA_HOME("");

        private final String option;

        Key(String option) {
            this.option = option;
        }

        /** What it says of {@code pgofs mount}. */
        String option() {
            return option;
        }
    }

    private final Path path;
    private final Map<Key, String> values;

    private ConfigFile(Path path, Map<Key, String> values) {
        this.path = path;
        this.values = values;
    }

    /** One that says nothing. */
    static ConfigFile none() {
        return new ConfigFile(Path.of("/"), Map.of());
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, or a line of it is not understood; the message is one line that names it
     */
    static ConfigFile read(Path path) throws IOException {
        Map<Key, String> values = new HashMap<>();
        List<String> lines = lines(path);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                String where = path + ":" + (i + 1) + ": ";
                int equals = line.indexOf('=');
                if (equals < 0) {
                    throw new IOException(where + "this is not KEY=VALUE: " + line);
                }
                Key key = key(where, line.substring(0, equals));
                String value = unquoted(where, line.substring(equals + 1));
                if (values.put(key, value) != null) {
                    throw new IOException(where + key + " was given before");
                }
            }
        }
        return new ConfigFile(path, values);
    }

    private static List<String> lines(Path path) throws IOException {
        try {
            if (!Files.isRegularFile(path)) {
                throw Files.exists(path)
                        ? new IOException(path + " is not a regular file")
                        : new NoSuchFileException(path.toString());
            }
            if (Files.size(path) > MAX_SIZE) {
                throw new IOException(path + " is too large for a file of options");
            }
            return Files.readAllLines(path);
        } catch (NoSuchFileException e) {
            throw new IOException(path + " does not exist", e);
        } catch (MalformedInputException e) {
            throw new IOException(path + " is not UTF-8", e);
        }
    }

    private static Key key(String where, String word) throws IOException {
        List<String> known = new ArrayList<>();
        for (Key key : Key.values()) {
            if (key.name().equals(word)) {
                return key;
            }
            known.add(key.name());
        }
        throw new IOException(where + "there is no key " + word
                + Similar.to(word, known)
                        .map(key -> "; did you mean " + key + "?")
                        .orElse(": there are " + String.join(", ", known)));
    }

    private static String unquoted(String where, String text) throws IOException {
        if (text.isEmpty() || QUOTES.indexOf(text.charAt(0)) < 0) {
            return text;
        }
        if (text.length() < 2 || text.indexOf(text.charAt(0), 1) != text.length() - 1) {
            throw new IOException(where + "the value must end where its quotes do: " + text);
        }
        return text.substring(1, text.length() - 1);
    }

    /** What it says, if it says something. */
    Optional<String> get(Key key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isEmpty());
    }

    /**
     * What it says, an absolute path.
     *
     * @throws IOException if it is another one: the file is read from anywhere
     */
    Optional<Path> path(Key key) throws IOException {
        Optional<Path> found = get(key).map(Path::of);
        if (found.isPresent() && !found.get().isAbsolute()) {
            throw new IOException(path + ": " + key + " must be an absolute path, not " + found.get());
        }
        return found;
    }

    /**
     * What it says, a number.
     *
     * @throws IOException if it is none
     */
    Optional<Integer> number(Key key) throws IOException {
        Optional<String> text = get(key);
        try {
            return text.map(Integer::valueOf);
        } catch (NumberFormatException e) {
            throw new IOException(path + ": " + key + " must be a number, not " + text.orElseThrow(), e);
        }
    }
}
