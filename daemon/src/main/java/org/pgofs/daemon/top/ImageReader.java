package org.pgofs.daemon.top;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pgofs.profraw.MalformedProfileException;
import org.pgofs.profraw.ParsedProfile;
import org.pgofs.profraw.RawProfileReader;

/**
 * Reads the counters of one image again and again. Records and names are most of a raw profile, and stay the same: of a
 * profile that begins as the last one did, only the counters are read.
 */
final class ImageReader {
    /** The header, which says how much there is of everything, and some of the image. */
    private static final int HEAD = 512;

    private final Path file;
    private long size;
    private ByteBuffer head;
    private ParsedProfile last;

    /**
     * Reads nothing yet.
     *
     * @param file the raw profile of the image
     */
    ImageReader(Path file) {
        this.file = file;
    }

    /**
     * The counters of a profile.
     *
     * @param profile as it was when it was read whole
     * @param counters as they are now
     */
    record Counters(ParsedProfile profile, ByteBuffer counters) {}

    /** Reads all profiles of the file, whole. */
    static List<ParsedProfile> readAll(Path file) throws IOException, MalformedProfileException {
        return RawProfileReader.readAll(
                ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Reads the counters. */
    List<Counters> read() throws IOException, MalformedProfileException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer nowHead = read(channel, 0, HEAD);
            if (last != null && channel.size() == size && nowHead.equals(head)) {
                ByteBuffer counters = read(
                        channel,
                        last.begin() + last.countersBegin(),
                        last.counters().remaining());
                if (counters.remaining() == last.counters().remaining()) {
                    return List.of(new Counters(last, counters));
                }
            }
            size = channel.size();
            head = nowHead;
        }
        List<ParsedProfile> profiles = readAll(file);
        last = profiles.size() == 1 ? profiles.get(0) : null;
        return profiles.stream()
                .map(profile -> new Counters(profile, profile.counters()))
                .toList();
    }

    /** What is there of some bytes. */
    private static ByteBuffer read(FileChannel channel, long offset, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
            // further
        }
        return bytes.flip();
    }
}
