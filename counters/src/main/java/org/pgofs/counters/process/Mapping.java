package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a process's address space, as {@code /proc/PID/maps} (proc(5)) has it.
 *
 * @param start its first address
 * @param end the address behind it
 * @param writable whether the process may write to it
 * @param shared whether others see what is written
 * @param offset where it begins in its file, bytes
 * @param file device and inode of its file; empty if it has none
 * @param path of the file as the process named it, or what the kernel calls the part; may be empty
 */
record Mapping(long start, long end, boolean writable, boolean shared, long offset, String file, String path) {
    private static final Pattern LINE = Pattern.compile(
            "([0-9a-f]{1,16})-([0-9a-f]{1,16}) .(.).(.) ([0-9a-f]{1,16}) ([0-9a-f]+:[0-9a-f]+) ([0-9]+)(?: +(.*))?");
    private static final int HEX = 16;
    private static final String NO_INODE = "0";
    private static final String DELETED = " (deleted)";

    /** More than the 65,530 that the kernel allows take up, unless their paths are long. */
    private static final int MOST_BYTES = 16 << 20;

    private static final int AT_ONCE = 1 << 16;

    /** All of a process, by address. */
    static List<Mapping> of(int pid, ForeignReader reader) throws IOException {
        return parse(content("/proc/" + pid + "/maps", reader));
    }

    /** Those of a text; lines of another form are passed over. */
    static List<Mapping> parse(String maps) {
        List<Mapping> mappings = new ArrayList<>();
        for (String line : maps.split("\n", 0)) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                mappings.add(parse(matcher));
            }
        }
        return mappings;
    }

    private static String content(String path, ForeignReader reader) throws IOException {
        StringBuilder content = new StringBuilder();
        ByteBuffer part = ByteBuffer.allocateDirect(AT_ONCE);
        long file = reader.open(path);
        try {
            boolean isMore = true;
            while (isMore && content.length() < MOST_BYTES) {
                isMore = reader.read(file, content.length(), part.clear());
                content.append(StandardCharsets.ISO_8859_1.decode(part.flip()));
            }
            return content.toString();
        } finally {
            reader.close(file);
        }
    }

    private static Mapping parse(Matcher line) {
        String path = line.group(8) == null ? "" : line.group(8);
        return new Mapping(
                Long.parseUnsignedLong(line.group(1), HEX),
                Long.parseUnsignedLong(line.group(2), HEX),
                line.group(3).equals("w"),
                line.group(4).equals("s"),
                Long.parseUnsignedLong(line.group(5), HEX),
                line.group(7).equals(NO_INODE) ? "" : line.group(6) + " " + line.group(7),
                path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path);
    }

    boolean hasFile() {
        return !file.isEmpty();
    }

    boolean holds(long address) {
        return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }

    /** By which its file can be opened where the process knows it, unless it has lost that name. */
    String name(int pid) {
        return "/proc/" + pid + "/root"
                + new String(path.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** By which its file can be opened, wherever it is mounted and whether it has a name any more or not. */
    String link(int pid) {
        return "/proc/" + pid + "/map_files/" + Long.toHexString(start) + "-" + Long.toHexString(end);
    }
}
