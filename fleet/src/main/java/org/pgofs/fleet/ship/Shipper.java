package org.pgofs.fleet.ship;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pgofs.counters.image.ImageNames;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceInfo;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.fleet.store.UnusableObjectException;

/**
 * Takes what a mount counts into a spool, and sends what is in the spool to a store.
 *
 * <ol>
 *   <li>The counts of a take are in the spool for good before the take is committed, in a file that names the take and the
 *       object. So no crash loses them, whoever takes next.
 *   <li>They go to the store only when the daemon has said that the take was committed. So no count is in the store that is
 *       still in the mount.
 *   <li>They leave the spool only when the store has an object with exactly these bytes. An object is never written twice:
 *       so no count is there twice.
 * </ol>
 */
final class Shipper {
    private static final int LEVEL = 3;

    private final Counted mount;
    private final Spool spool;
    private final ObjectStore store;
    private final Host host;
    private final Map<String, String> labels;
    private final long limit;
    private final Tally tally;

    /**
     * A shipper.
     *
     * @param mount from which it takes
     * @param spool that it has for itself
     * @param store to which it sends
     * @param host whose counts they are
     * @param labels what is said of the host
     * @param limit bytes that the spool may have
     * @param tally of what it does
     */
    Shipper(
            Counted mount,
            Spool spool,
            ObjectStore store,
            Host host,
            Map<String, String> labels,
            long limit,
            Tally tally) {
        this.mount = mount;
        this.spool = spool;
        this.store = store;
        this.host = host;
        this.labels = new TreeMap<>(labels);
        this.limit = limit;
        this.tally = tally;
    }

    /**
     * Finds out what became of a take that an earlier shipper, or this one, did not see the end of.
     *
     * @throws IOException if the daemon does not answer: nothing has changed then
     */
    void resolve() throws IOException {
        List<Spool.Entry> intents = spool.entries(Spool.INTENT);
        if (intents.isEmpty()) {
            return;
        }
        Counted.Said said = mount.ask();
        for (Spool.Entry intent : intents) {
            SpooledPiece.Head head = intent.read().head();
            if (!said.store().equals(head.store())) {
                spool.become(intent, Spool.UNCONFIRMED);
            } else if (said.keepers().getOrDefault(spool.keeper(), 0L) == head.number()) {
                spool.become(intent, Spool.PIECE);
                tally.took(head.number());
            } else {
                spool.remove(intent);
            }
        }
    }

    /**
     * Takes each image that has counts.
     *
     * @throws IOException if that ends before all are taken; the message says why. What is not taken stays in the mount
     */
    void take() throws IOException {
        resolve();
        Counted.Said said = mount.ask();
        List<String> left = new ArrayList<>();
        for (String image : said.images()) {
            try (Counted.Held held = mount.hold(image)) {
                if ((Long) held.header().get("nonzero_counters") > 0) {
                    take(held, said);
                }
            } catch (NoSuchFileException e) {
                // Its counts went since the daemon was asked.
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("busy")) {
                    throw e;
                }
                left.add(image);
            }
            resolve();
        }
        if (!left.isEmpty()) {
            throw new IOException("another take is in progress: " + left.size()
                    + " images are taken next time, the first is " + left.get(0));
        }
    }

    private void take(Counted.Held held, Counted.Said said) throws IOException {
        SpooledPiece piece = piece(held, said);
        long size = piece.encode().remaining();
        if (spool.bytes() + size > limit) {
            throw new IOException("the spool " + spool.directory() + " may have " + limit + " bytes, and has "
                    + spool.bytes() + ": what comes next stays in the mount until the store has taken some");
        }
        long sequence =
                Long.parseLong(piece.head().store(), 16) << 32 | piece.head().number();
        Spool.Entry intent = spool.begin(sequence, piece);
        held.commit(spool.keeper());
        spool.become(intent, Spool.PIECE);
        tally.took(piece.head().number());
    }

    private SpooledPiece piece(Counted.Held held, Counted.Said said) {
        Map<?, ?> header = held.header();
        byte[] profile = held.profile();
        Instant taken = Instant.parse(text(header, "taken"));
        long version = Long.parseUnsignedLong(text(header, "raw_version").substring(2), 16);
        List<String> attention = new ArrayList<>(said.attention());
        said.dropped().getOrDefault(text(header, "image"), List.of()).stream()
                .map(reason -> text(header, "image") + " " + reason)
                .forEach(attention::add);
        PieceInfo info = new PieceInfo(
                host.name(),
                Instant.parse(text(header, "since")),
                taken,
                (Long) header.get("live_processes") + (Long) header.get("ended_processes"),
                (Long) header.get("total_count"),
                version,
                profile.length,
                attention,
                labels);
        ImageId id = id(header);
        return new SpooledPiece(
                new SpooledPiece.Head(
                        text(header, "store"),
                        (Long) header.get("number"),
                        id.name(),
                        id.id(),
                        PieceName.variant(version),
                        taken.truncatedTo(ChronoUnit.HOURS).toString(),
                        host.name(),
                        host.boot(),
                        info.toJson()),
                ByteBuffer.wrap(Zstd.compress(profile, LEVEL)));
    }

    private static String text(Map<?, ?> header, String field) {
        return (String) header.get(field);
    }

    /** By the build id; if it has none, by its digest. */
    private static ImageId id(Map<?, ?> header) {
        String name = ImageNames.program(text(header, "image"));
        String id = Stream.of(text(header, "build_id"), text(header, "digest"))
                .filter(ImageId::isId)
                .findFirst()
                .orElseThrow();
        return new ImageId(name, id);
    }

    /**
     * Sends what is in the spool, the oldest first.
     *
     * @throws IOException if the store does not take one; the message says why. What was not sent stays in the spool
     */
    void send() throws IOException {
        IOException damaged = null;
        for (Spool.Entry entry : spool.entries(Spool.PIECE)) {
            SpooledPiece piece;
            try {
                piece = entry.read();
            } catch (IOException e) {
                damaged = e; // the others are none the worse
                continue;
            }
            try {
                send(entry, piece);
            } catch (UnusableObjectException e) {
                damaged = e; // its image has no place in the store, the others may have one
            }
        }
        if (damaged != null) {
            throw damaged;
        }
    }

    private void send(Spool.Entry entry, SpooledPiece piece) throws IOException {
        Spool.Entry current = entry;
        byte[] compressed = new byte[piece.compressed().remaining()];
        piece.compressed().duplicate().get(compressed);
        byte[] info = piece.head().info().getBytes(StandardCharsets.UTF_8);
        PieceName name = piece.head().name(current.sequence());
        while (!put(name.infoPath(), info) || !put(name.path(), compressed)) {
            current = spool.renumber(current);
            name = piece.head().name(current.sequence());
        }
        spool.remove(current);
        tally.sent(name.path(), compressed.length);
    }

    /** Whether the store has these bytes under a name now: it may have had them before, if its answer was lost. */
    private boolean put(String name, byte[] content) throws IOException {
        if (store.writeIfAbsent(name, content)) {
            return true;
        }
        try {
            return Arrays.equals(content, store.read(name, content.length));
        } catch (UnusableObjectException e) {
            return false; // something else has the name
        }
    }
}
