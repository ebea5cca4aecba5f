package org.pgofs.fleet.ship;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.pgofs.daemon.json.JsonTree;
import org.pgofs.daemon.json.RecordJson;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.PieceName;

/**
 * A piece as its file in the spool has it, which is never changed.
 *
 * <pre>
 *      +---------------+-----------------+----------------------+-----------------------+
 *      | "PGOFSPC1"    | size of JSON u32| {@link Head} as JSON | the profile, by zstd  |
 *      +---------------+-----------------+----------------------+-----------------------+
 *      0               8                 12
 * </pre>
 *
 * Numbers are big-endian.
 *
 * @param head what is known of it
 * @param compressed the profile
 */
record SpooledPiece(Head head, ByteBuffer compressed) {
    private static final long MAGIC = 0x50474f4653504331L; // "PGOFSPC1"
    private static final int HEAD_AT = Long.BYTES + Integer.BYTES;

    /**
     * What is known of a piece.
     *
     * @param store of the daemon, whose number the take has
     * @param number of the take
     * @param image the base name of its file
     * @param id of the image
     * @param variant of the image
     * @param hour in which the take was, in ISO 8601
     * @param host on which it was
     * @param boot of that host
     * @param info the JSON that lies beside the piece in the store
     */
    record Head(
            String store,
            long number,
            String image,
            String id,
            String variant,
            String hour,
            String host,
            String boot,
            String info) {
        /** Where it lies in the store. */
        PieceName name(long sequence) {
            return new PieceName(new ImageId(image, id), variant, Instant.parse(hour), host, boot, sequence);
        }
    }

    ByteBuffer encode() {
        byte[] json = RecordJson.of(head).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEAD_AT + json.length + compressed.remaining())
                .putLong(MAGIC)
                .putInt(json.length)
                .put(json)
                .put(compressed.duplicate())
                .flip();
    }

    static SpooledPiece decode(byte[] bytes) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(bytes);
        if (bytes.length < HEAD_AT || file.getLong() != MAGIC) {
            throw new IOException("is no piece of a spool");
        }
        int size = file.getInt();
        if (size < 0 || size > file.remaining()) {
            throw new IOException("is cut off");
        }
        Map<?, ?> head = JsonTree.object(new String(bytes, HEAD_AT, size, StandardCharsets.UTF_8));
        return new SpooledPiece(
                new Head(
                        (String) head.get("store"),
                        (Long) head.get("number"),
                        (String) head.get("image"),
                        (String) head.get("id"),
                        (String) head.get("variant"),
                        (String) head.get("hour"),
                        (String) head.get("host"),
                        (String) head.get("boot"),
                        (String) head.get("info")),
                file.position(HEAD_AT + size).slice());
    }
}
