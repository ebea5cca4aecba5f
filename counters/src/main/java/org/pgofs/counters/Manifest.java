package org.pgofs.counters;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What one generation of the store's state consists of. Its rename into place is what commits the generation.
 *
 * <p>As text, a line each, with fields that hold no white space:
 *
 * <pre>
 * pgofs-state 1
 * generation N
 * image DIGEST NAME ENDED CARRY_GENERATION
 * reference OWNER UID HIGH LOW NONCE          of the image above
 * taken SCOPE DIGEST GENERATION               what the last take of that scope took of an image, in a file of its own
 * epoch EPOCH CLEARED NAME                    how often the value sites of a live segment were reset or taken, and when
 *                                             its marks were reset the last time
 * folded INODE NAME                           a segment whose counters are in the carry
 * guest NAME DIGEST BOOT INODE COUNTERS RECORDS SIZE NAMES MEMORY
 *                                             an attached machine: image, run of its kernel, layout, URL-encoded path
 * checksum CRC32C-of-the-lines-above
 * </pre>
 *
 * @param generation counts the commits
 * @param images the images with a carry
 * @param takes what was taken last
 * @param epochs of the live segments that were reset or taken
 * @param folded the segments that were folded since the last generation and may still be there
 * @param guests the virtual machines that are attached
 */
record Manifest(
        long generation,
        List<SavedImage> images,
        List<SavedTake> takes,
        List<SegmentEpoch> epochs,
        List<FoldedSegment> folded,
        List<SavedGuest> guests) {
    static final Manifest EMPTY = new Manifest(0, List.of(), List.of(), List.of(), List.of(), List.of());

    private static final String FORMAT = "pgofs-state 1";
    private static final int RADIX = 16;

    /**
     * An image of a generation.
     *
     * @param digest of its image file
     * @param name under which it is served
     * @param ended number of processes in the carry
     * @param carryGeneration the generation that wrote its carry file
     * @param references by which names segments ask for it
     */
    record SavedImage(String digest, String name, long ended, long carryGeneration, List<ImageReference> references) {}

    /**
     * What was taken of an image.
     *
     * @param scope of the take
     * @param digest of the image
     * @param generation the one that wrote the file
     */
    record SavedTake(String scope, String digest, long generation) {}

    /**
     * A live segment that was reset or taken.
     *
     * @param epoch of the sites that count
     * @param cleared the epoch of the last reset: marks of before it do not count, even if they are still there
     * @param name of the segment
     */
    record SegmentEpoch(long epoch, long cleared, String name) {}

    /**
     * A segment that is in the carry.
     *
     * @param inode its inode number
     * @param name its name, never used again
     */
    record FoldedSegment(long inode, String name) {}

    /**
     * A virtual machine.
     *
     * @param name under which it was attached
     * @param digest of its kernel's image
     * @param boot the run of its kernel that is not in the carry yet
     * @param inode of its memory
     * @param layout of its kernel
     * @param memory the file
     */
    record SavedGuest(String name, String digest, long boot, long inode, GuestLayout layout, Path memory) {}

    String toText() {
        StringBuilder text = new StringBuilder();
        text.append(FORMAT)
                .append('\n')
                .append("generation ")
                .append(generation)
                .append('\n');
        for (SavedImage image : images) {
            line(text, "image", image.digest, image.name, image.ended, image.carryGeneration);
            for (ImageReference reference : image.references) {
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
        }
        for (SavedTake take : takes) {
            line(text, "taken", take.scope, take.digest, take.generation);
        }
        for (SegmentEpoch segment : epochs) {
            line(text, "epoch", segment.epoch, segment.cleared, segment.name);
        }
        for (FoldedSegment segment : folded) {
            line(text, "folded", segment.inode, segment.name);
        }
        for (SavedGuest guest : guests) {
            GuestLayout layout = guest.layout;
            line(
                    text,
                    "guest",
                    guest.name,
                    guest.digest,
                    guest.boot,
                    guest.inode,
                    layout.counters(),
                    layout.records(),
                    layout.recordSize(),
                    layout.names(),
                    URLEncoder.encode(guest.memory.toString(), StandardCharsets.UTF_8));
        }
        return text + "checksum " + checksum(text.toString()) + "\n";
    }

    private static void line(StringBuilder text, Object... fields) {
        for (int i = 0; i < fields.length; i++) {
            text.append(i == 0 ? "" : " ").append(fields[i]);
        }
        text.append('\n');
    }

    static Manifest parse(String text) throws IOException {
        int end = text.lastIndexOf("checksum ");
        if (!text.startsWith(FORMAT + "\n")
                || end < 0
                || !text.substring(end).equals("checksum " + checksum(text.substring(0, end)) + "\n")) {
            throw new IOException("it is damaged or of another version");
        }
        long generation = 0;
        List<SavedImage> images = new ArrayList<>();
        List<SavedTake> takes = new ArrayList<>();
        List<SegmentEpoch> epochs = new ArrayList<>();
        List<FoldedSegment> folded = new ArrayList<>();
        List<SavedGuest> guests = new ArrayList<>();
        for (String line : text.substring(0, end).split("\n", -1)) {
            String[] field = line.split(" ", -1);
            switch (field[0]) {
                case "generation" -> generation = Long.parseLong(field[1]);
                case "image" ->
                    images.add(new SavedImage(
                            field[1], field[2], Long.parseLong(field[3]), Long.parseLong(field[4]), new ArrayList<>()));
                case "reference" -> images.get(images.size() - 1).references.add(reference(field));
                case "taken" -> takes.add(new SavedTake(field[1], field[2], Long.parseLong(field[3])));
                case "epoch" ->
                    epochs.add(new SegmentEpoch(Long.parseLong(field[1]), Long.parseLong(field[2]), field[3]));
                case "folded" -> folded.add(new FoldedSegment(Long.parseLong(field[1]), field[2]));
                case "guest" -> guests.add(guest(field));
                default -> {
                    // The first line, and the end of the last one.
                }
            }
        }
        return new Manifest(generation, images, takes, epochs, folded, guests);
    }

    private static SavedGuest guest(String[] field) {
        GuestLayout layout = new GuestLayout(
                Long.parseLong(field[5]),
                Long.parseLong(field[6]),
                Integer.parseInt(field[7]),
                Long.parseLong(field[8]));
        return new SavedGuest(
                field[1],
                field[2],
                Long.parseLong(field[3]),
                Long.parseLong(field[4]),
                layout,
                Path.of(URLDecoder.decode(field[9], StandardCharsets.UTF_8)));
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

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
