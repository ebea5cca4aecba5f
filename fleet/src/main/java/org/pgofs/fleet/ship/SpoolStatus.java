package org.pgofs.fleet.ship;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.pgofs.daemon.json.JsonTree;
import org.pgofs.daemon.json.RecordJson;

/**
 * What a spool has, and what its shipper said of itself last.
 *
 * @param spool the directory
 * @param pieces how many wait for the store
 * @param bytes their sizes
 * @param oldest when the oldest was taken; null if there is none
 * @param unconfirmed how many pieces somebody must decide about
 * @param shipper what was said last; null if none ever ran to the end of a round
 */
record SpoolStatus(String spool, long pieces, long bytes, String oldest, long unconfirmed, Map<?, ?> shipper) {
    /** The name of the file in which a shipper says it. */
    static final String FILE = "shipper.json";

    /** The name of the file for node_exporter. */
    static final String METRICS = "pgofs_ship.prom";

    /**
     * What a shipper says of itself at the end of each round.
     *
     * @param to the store
     * @param limit bytes that the spool may have
     * @param lastTake the number of the last take, 0 if there was none
     * @param sentPieces since it started
     * @param sentBytes since it started
     * @param lastObject that it sent; null if none
     * @param sentAt when; null if none
     * @param failures since it started
     * @param problem why the last attempt to take or send failed; null if it did not
     * @param at when it said this
     */
    record Said(
            String to,
            long limit,
            long lastTake,
            long sentPieces,
            long sentBytes,
            String lastObject,
            String sentAt,
            long failures,
            String problem,
            String at) {}

    static SpoolStatus of(Path directory) throws IOException {
        List<Spool.Entry> entries = Spool.entries(directory);
        List<Spool.Entry> waiting = entries.stream()
                .filter(entry -> !entry.state().equals(Spool.UNCONFIRMED))
                .toList();
        long bytes = 0;
        Instant oldest = null;
        for (Spool.Entry entry : waiting) {
            bytes += entry.size();
            Instant time = Files.getLastModifiedTime(entry.path()).toInstant();
            oldest = oldest == null || time.isBefore(oldest) ? time : oldest;
        }
        Path said = directory.resolve(FILE);
        return new SpoolStatus(
                directory.toString(),
                waiting.size(),
                bytes,
                oldest == null ? null : oldest.truncatedTo(ChronoUnit.SECONDS).toString(),
                entries.size() - waiting.size(),
                Files.exists(said) ? JsonTree.object(Files.readString(said)) : null);
    }

    String json() {
        return RecordJson.of(this);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "spool %s: %d pieces of %d bytes wait%s%n",
                spool, pieces, bytes, oldest == null ? "" : ", the oldest since " + oldest));
        if (unconfirmed > 0) {
            text.append(String.format(
                    "attention: %d pieces may have been taken or not, since the daemon's state is gone: pgofs ship"
                            + " --unconfirmed=ship or drop%n",
                    unconfirmed));
        }
        if (shipper == null) {
            return text.append("no shipper has used it yet\n").toString();
        }
        if (shipper.get("problem") != null) {
            text.append(String.format("attention: at %s: %s%n", shipper.get("at"), shipper.get("problem")));
        }
        text.append(String.format("last take: number %s%n", shipper.get("last_take")));
        if (shipper.get("last_object") != null) {
            text.append(String.format("last sent: %s, at %s%n", shipper.get("last_object"), shipper.get("sent_at")));
        }
        return text.append(String.format(
                        "since the shipper started: %s pieces of %s bytes sent to %s, %s failures%n",
                        shipper.get("sent_pieces"),
                        shipper.get("sent_bytes"),
                        shipper.get("to"),
                        shipper.get("failures")))
                .toString();
    }

    /** For Prometheus. */
    static String metrics(SpoolStatus status, Said said) {
        StringBuilder text = new StringBuilder();
        metric(text, "gauge", "spool_pieces", "Pieces that wait for the store.", status.pieces());
        metric(text, "gauge", "spool_bytes", "Their sizes.", status.bytes());
        metric(text, "gauge", "spool_limit_bytes", "What the spool may have.", said.limit());
        metric(text, "gauge", "unconfirmed_pieces", "Pieces that somebody must decide about.", status.unconfirmed());
        metric(text, "counter", "sent_pieces_total", "Pieces sent since the shipper started.", said.sentPieces());
        metric(text, "counter", "sent_bytes_total", "Their sizes.", said.sentBytes());
        metric(text, "counter", "failures_total", "Failed attempts to take or send.", said.failures());
        metric(text, "gauge", "failing", "Whether the last attempt failed.", said.problem() == null ? 0 : 1);
        return text.toString();
    }

    private static void metric(StringBuilder text, String type, String name, String help, long value) {
        text.append(String.format(
                "# HELP pgofs_ship_%s %s%n# TYPE pgofs_ship_%s %s%npgofs_ship_%s %d%n",
                name, help, name, type, name, value));
    }
}
