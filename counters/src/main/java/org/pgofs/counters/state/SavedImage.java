package org.pgofs.counters.state;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgofs.counters.counts.FoldedSegment;
import org.pgofs.counters.counts.ImageTimes;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.format.ImageKey;
import org.pgofs.counters.format.ImageReference;

/**
 * The description of an image in its carry file, besides the counts.
 *
 * <p>As text, a line each, with fields that hold no white space:
 *
 * <pre>
 * image DIGEST NAME ENDED FIRST-SEEN SINCE
 * reference OWNER UID HIGH LOW NONCE
 * folded INODE NAME
 * epoch EPOCH CLEARED NAME
 * </pre>
 *
 * Times are in seconds; a line that an older pgofs wrote has none.
 *
 * @param digest of its image file
 * @param name under which it is served
 * @param ended number of processes in the carry
 * @param times since when it is known and counts; none if an older pgofs wrote this
 * @param references by which segments name it
 * @param folded segments whose counts are in the carry and whose files may still exist
 * @param epochs of the live segments that were reset or taken
 */
public record SavedImage(
        String digest,
        String name,
        long ended,
        Optional<ImageTimes> times,
        List<ImageReference> references,
        List<FoldedSegment> folded,
        List<Epoch> epochs) {
    private static final int RADIX = 16;
    /** Of the fields of an image, the first time. */
    private static final int TIMES = 4;

    /**
     * A live segment that was reset or taken.
     *
     * @param epoch of the value sites that count
     * @param cleared how often its marks were reset: if the segment does not have this number, they are still to be
     *     cleared
     * @param name of the segment
     * @param moved the values in its sites when this epoch began: they are in the carry, or were reset. If the segment
     *     was not told of this epoch yet, its sites still hold them too.
     */
    public record Epoch(long epoch, long cleared, String name, ValueList moved) {}

    String toText() {
        StringBuilder text = new StringBuilder();
        ImageTimes known = times.orElse(ImageTimes.UNKNOWN);
        line(
                text,
                "image",
                digest,
                name,
                ended,
                known.firstSeen().getEpochSecond(),
                known.since().getEpochSecond());
        for (ImageReference reference : references) {
            ImageKey key = reference.key();
            line(
                    text,
                    "reference",
                    reference.owner(),
                    key.uid(),
                    Long.toHexString(key.high()),
                    Long.toHexString(key.low()),
                    Long.toHexString(key.nonce()));
        }
        for (FoldedSegment segment : folded) {
            line(text, "folded", segment.inode(), segment.name());
        }
        for (Epoch segment : epochs) {
            line(text, "epoch", segment.epoch, segment.cleared, segment.name);
        }
        return text.toString();
    }

    static void line(StringBuilder text, Object... fields) {
        for (int i = 0; i < fields.length; i++) {
            text.append(i == 0 ? "" : " ").append(fields[i]);
        }
        text.append('\n');
    }

    /** Reads a text that {@link #toText} wrote; a checksum has confirmed that. */
    static SavedImage parse(String text) {
        String digest = "";
        String name = "";
        long ended = 0;
        Optional<ImageTimes> times = Optional.empty();
        List<ImageReference> references = new ArrayList<>();
        List<FoldedSegment> folded = new ArrayList<>();
        List<Epoch> epochs = new ArrayList<>();
        for (String line : text.split("\n", 0)) {
            String[] field = line.split(" ", -1);
            switch (field[0]) {
                case "image" -> {
                    digest = field[1];
                    name = field[2];
                    ended = Long.parseLong(field[3]);
                    times = times(field);
                }
                case "reference" -> references.add(reference(field));
                case "folded" -> folded.add(new FoldedSegment(Long.parseLong(field[1]), field[2]));
                case "epoch" ->
                    epochs.add(
                            new Epoch(Long.parseLong(field[1]), Long.parseLong(field[2]), field[3], new ValueList()));
                default -> throw new IllegalArgumentException(line);
            }
        }
        return new SavedImage(digest, name, ended, times, references, folded, epochs);
    }

    private static Optional<ImageTimes> times(String[] field) {
        return field.length < TIMES + 2
                ? Optional.empty()
                : Optional.of(new ImageTimes(time(field[TIMES]), time(field[TIMES + 1])));
    }

    private static Instant time(String field) {
        return Instant.ofEpochSecond(Long.parseLong(field));
    }

    private static ImageReference reference(String[] field) {
        return new ImageReference(
                Integer.parseInt(field[1]),
                new ImageKey(
                        Integer.parseInt(field[2]),
                        Long.parseUnsignedLong(field[3], RADIX),
                        Long.parseUnsignedLong(field[4], RADIX),
                        Long.parseUnsignedLong(field[5], RADIX)));
    }
}
