package org.pgofs.counters.linux;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The mounts that this process sees, in the form of {@code /proc/self/mountinfo} (proc(5)), the oldest first.
 *
 * @param mounts in the kernel's order
 */
public record MountTable(List<Entry> mounts) {
    private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");
    private static final int ID_FIELD = 0;
    private static final int DEVICE_FIELD = 2;
    private static final int MOUNT_POINT_FIELD = 4;
    private static final String FUSE = "fuse";
    private static final String USER = "user_id=";
    private static final int OCTAL = 8;
    private static final int OCTAL_DIGITS = 3;

    /**
     * One mount.
     *
     * @param id the kernel's number of it, as {@code mnt_id} in {@code /proc/PID/fdinfo}
     * @param device major:minor, which no other file system has as long as this one lives
     * @param mountPoint its absolute path
     * @param type the file system type, with its subtype; a FUSE file system of another user than root can have any
     * @param server empty, or the user whose process serves it
     */
    public record Entry(String id, String device, String mountPoint, String type, String server) {
        /** Whether some process serves it, which may never answer. */
        public boolean isFuse() {
            return type.startsWith(FUSE);
        }

        /** Whether a process of root's serves it. */
        public boolean isServedByRoot() {
            return server.equals("0");
        }
    }

    /** The table as it is now. */
    public static MountTable read() throws IOException {
        return parse(new String(Files.readAllBytes(MOUNTINFO), StandardCharsets.UTF_8));
    }

    static MountTable parse(String mountinfo) {
        List<Entry> entries = new ArrayList<>();
        // Not lines(): the kernel leaves a carriage return in a path as it is.
        for (String line : mountinfo.split("\n", 0)) {
            List<String> fields = List.of(line.split(" ", 0));
            int type = fields.indexOf("-") + 1;
            if (type > MOUNT_POINT_FIELD && type < fields.size()) {
                entries.add(new Entry(
                        fields.get(ID_FIELD),
                        fields.get(DEVICE_FIELD),
                        decode(fields.get(MOUNT_POINT_FIELD)),
                        fields.get(type),
                        server(fields.get(fields.size() - 1))));
            }
        }
        return new MountTable(entries);
    }

    /** Of FUSE, the options of the file system name the user. */
    private static String server(String options) {
        return Stream.of(options.split(",", 0))
                .filter(option -> option.startsWith(USER))
                .map(option -> option.substring(USER.length()))
                .findFirst()
                .orElse("");
    }

    /** The mount that one sees at a path: the last one on it. */
    public Optional<Entry> at(Path mountPoint) {
        return mounts.stream()
                .filter(entry -> entry.mountPoint.equals(mountPoint.toString()))
                .reduce((earlier, later) -> later);
    }

    /** The mounts that one sees at their paths: no other one is on them. */
    public List<Entry> visible() {
        Map<String, Entry> last = new LinkedHashMap<>();
        mounts.forEach(entry -> last.put(entry.mountPoint, entry));
        return List.copyOf(last.values());
    }

    /** Undoes the kernel's escapes: a backslash and three octal digits for a byte. */
    private static String decode(String escaped) {
        if (escaped.indexOf('\\') < 0) {
            return escaped;
        }
        byte[] bytes = escaped.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\\' && i + OCTAL_DIGITS < bytes.length) {
                decoded.write(
                        Integer.parseInt(new String(bytes, i + 1, OCTAL_DIGITS, StandardCharsets.US_ASCII), OCTAL));
                i += OCTAL_DIGITS;
            } else {
                decoded.write(bytes[i]);
            }
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }
}
