package org.pgofs.counters.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.pgofs.counters.state.StateFile.DamagedException;

/**
 * The list of the files of one generation of the store's state. The rename of the manifest into place commits the
 * generation. Every carry file holds a copy of the manifest that it was written for.
 *
 * <p>As text, a line each:
 *
 * <pre>
 * pgofs-state VERSION
 * generation N
 * starts N
 * image DIGEST CARRY_GENERATION NAME
 * taken SCOPE DIGEST GENERATION
 * takes STORE LAST                 the last number of a take
 * take SCOPE NUMBER SECONDS        the last take of a scope
 * keeper NAME NUMBER               the last take whose counts somebody had before it was committed
 * guest NAME DIGEST BOOT INODE COUNTERS RECORDS SIZE NAMES MEMORY
 *                                  an attached machine: image, run of its kernel, layout, URL-encoded path
 * process NAME DIGEST OWNER PID START ADDRESS
 *                                  a process that is read: image, start in ticks, where its counters are
 * kernel NAME DIGEST RUN attached|detached
 *                                  what the running kernel has loaded: image, boot or loading; URL-encoded name
 * written PATH INODE SIZE MODIFIED  a profile that counts and is still to be deleted
 * checksum CRC32C-of-the-lines-above
 * </pre>
 *
 * @param generation counts the commits, those that failed too
 * @param starts how many daemons have used this state, including the one that began it
 * @param images the images with a carry
 * @param takes the files of the last takes
 * @param numbers of takes
 * @param sampled what counts in memory that is only read: virtual machines, processes, the running kernel; and
 *     profiles that processes wrote
 */
public record Manifest(
        long generation,
        long starts,
        List<Carry> images,
        List<Taken> takes,
        TakeNumbers numbers,
        List<Sampled> sampled) {
    static final Manifest EMPTY = new Manifest(0, 0, List.of(), List.of(), TakeNumbers.NONE, List.of());

    static final String CARRY_PREFIX = "carry-";

    private static final String FORMAT = "pgofs-state ";
    private static final String CHECKSUM = "checksum ";

    /**
     * The carry file of an image.
     *
     * @param digest of its image file
     * @param generation the one that wrote it
     * @param name under which the image is served
     */
    record Carry(String digest, long generation, String name) {
        String fileName() {
            return CARRY_PREFIX + digest + "-" + generation;
        }

        String imageFileName() {
            return imageFileName(digest);
        }

        static String imageFileName(String digest) {
            return "image-" + digest;
        }
    }

    /**
     * The file with the taken counts of an image.
     *
     * @param scope of the take
     * @param digest of the image
     * @param generation the one that wrote the file
     */
    record Taken(String scope, String digest, long generation) {
        String fileName() {
            return "taken-" + scope + "-" + digest + "-" + generation;
        }
    }

    /** Those of one kind. */
    public <T extends Sampled> List<T> sampled(Class<T> kind) {
        return sampled.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The same, with others. */
    Manifest with(List<Sampled> others) {
        return new Manifest(generation, starts, images, takes, numbers, List.copyOf(others));
    }

    /** The names of all files of this generation. */
    public List<String> fileNames() {
        List<String> names = new ArrayList<>();
        images.forEach(image -> names.add(image.fileName()));
        images.forEach(image -> names.add(image.imageFileName()));
        takes.forEach(take -> names.add(take.fileName()));
        sampled.forEach(source -> names.add(source.fileName()));
        return names;
    }

    String toText() {
        StringBuilder text = new StringBuilder();
        text.append(FORMAT).append(StateFile.VERSION).append('\n');
        SavedImage.line(text, "generation", generation);
        SavedImage.line(text, "starts", starts);
        images.forEach(image -> SavedImage.line(text, "image", image.digest, image.generation, image.name));
        takes.forEach(take -> SavedImage.line(text, "taken", take.scope, take.digest, take.generation));
        numbers.appendTo(text);
        sampled.forEach(source -> source.appendTo(text));
        return text + CHECKSUM + checksum(text.toString()) + "\n";
    }

    /** Whether a text that {@link #toText} wrote names kernels: almost none does, and to parse it takes long. */
    static boolean hasKernels(String text) {
        return text.contains("\n" + SavedKernel.WORD + " ");
    }

    /**
     * Reads a text that {@link #toText} wrote.
     *
     * @throws DamagedException if the text is damaged
     * @throws IOException if another version of pgofs wrote it
     */
    public static Manifest parse(String text) throws IOException, DamagedException {
        int end = text.lastIndexOf(CHECKSUM);
        StateFile.require(text.startsWith(FORMAT) && end > 0, "is no manifest");
        StateFile.require(
                text.substring(end).equals(CHECKSUM + checksum(text.substring(0, end)) + "\n"),
                "has the wrong checksum");
        try {
            StateFile.requireVersion(Long.parseLong(text.substring(FORMAT.length(), text.indexOf('\n'))));
            return lines(text.substring(0, end));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new DamagedException("has a malformed line: " + e.getMessage());
        }
    }

    private static Manifest lines(String text) {
        long generation = 0;
        long starts = 0;
        List<Carry> images = new ArrayList<>();
        List<Taken> takes = new ArrayList<>();
        TakeNumbers.Lines numbers = new TakeNumbers.Lines();
        List<Sampled> sampled = new ArrayList<>();
        for (String line : text.split("\n", 0)) {
            String[] field = line.split(" ", -1);
            switch (field[0]) {
                case "generation" -> generation = Long.parseLong(field[1]);
                case "starts" -> starts = Long.parseLong(field[1]);
                case "image" -> images.add(new Carry(field[1], Long.parseLong(field[2]), field[3]));
                case "taken" -> takes.add(new Taken(field[1], field[2], Long.parseLong(field[3])));
                case "takes" -> numbers.takes(field);
                case "take" -> numbers.take(field);
                case "keeper" -> numbers.keeper(field);
                case SavedGuest.WORD -> sampled.add(SavedGuest.of(field));
                case SavedProcess.WORD -> sampled.add(SavedProcess.of(field));
                case SavedKernel.WORD -> sampled.add(SavedKernel.of(field));
                case SavedProfile.WORD -> sampled.add(SavedProfile.of(field));
                default -> {
                    // The first line.
                }
            }
        }
        return new Manifest(
                generation, starts, List.copyOf(images), List.copyOf(takes), numbers.read(), List.copyOf(sampled));
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
