package org.pgofs.counters.state;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.pgofs.counters.image.GuestLayout;
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
 * guest NAME DIGEST BOOT INODE COUNTERS RECORDS SIZE NAMES MEMORY
 *                                  an attached machine: image, run of its kernel, layout, URL-encoded path
 * process NAME DIGEST OWNER PID START ADDRESS
 *                                  a process that is read: image, start in ticks, where its counters are
 * kernel NAME DIGEST RUN attached|detached
 *                                  what the running kernel has loaded: image, boot or loading; URL-encoded name
 * checksum CRC32C-of-the-lines-above
 * </pre>
 *
 * @param generation counts the commits, those that failed too
 * @param starts how many daemons have used this state, including the one that began it
 * @param images the images with a carry
 * @param takes the files of the last takes
 * @param guests the virtual machines that are attached
 * @param kernels what of the running kernel is attached, or was
 * @param processes those that are read through their memory
 */
public record Manifest(
        long generation,
        long starts,
        List<Carry> images,
        List<Taken> takes,
        List<SavedGuest> guests,
        List<SavedKernel> kernels,
        List<SavedProcess> processes) {
    static final Manifest EMPTY = new Manifest(0, 0, List.of(), List.of(), List.of(), List.of(), List.of());

    static final String CARRY_PREFIX = "carry-";

    private static final String FORMAT = "pgofs-state ";
    private static final String CHECKSUM = "checksum ";
    private static final String KERNEL = "kernel";
    private static final String ATTACHED = "attached";

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

    /** A kernel or module that counts in memory, and whose last sample is in a file. */
    public interface Sampled {
        /** Its name. */
        String name();

        /** The file of the sample. */
        String fileName();
    }

    /**
     * A virtual machine. Its sample is in a file that is not part of a generation: the file may be replaced at any
     * time, and is valid as long as this run of the kernel lasts.
     *
     * @param name under which it was attached
     * @param digest of its kernel's image
     * @param boot the run of its kernel that is not in the carry yet
     * @param inode of its memory
     * @param layout of its kernel
     * @param memory the file
     */
    public record SavedGuest(String name, String digest, long boot, long inode, GuestLayout layout, Path memory)
            implements Sampled {
        @Override
        public String fileName() {
            return "sample-" + name + "-" + boot;
        }
    }

    /**
     * What the running kernel has loaded once: vmlinux, or a module. Its sample is as {@link SavedGuest} has one.
     *
     * @param name of the module, or that of vmlinux
     * @param digest of its image
     * @param run a number of this boot, or of this loading of the module
     * @param attached false if it was detached, and its counts until then are in the carry
     */
    public record SavedKernel(String name, String digest, long run, boolean attached) implements Sampled {
        @Override
        public String fileName() {
            return "loaded-" + digest + "-" + Long.toHexString(run);
        }
    }

    /**
     * A process that is read. Its sample is as {@link SavedGuest} has one.
     *
     * @param name of it as a member, of no other process and no other image
     * @param digest of the image
     * @param owner whose it is
     * @param pid its number here
     * @param start when it was started, in ticks
     * @param address of its counters
     */
    public record SavedProcess(String name, String digest, int owner, int pid, long start, long address)
            implements Sampled {
        @Override
        public String fileName() {
            return "sample-" + name;
        }
    }

    /** The same, with other kernels. */
    Manifest with(List<SavedKernel> others) {
        return new Manifest(generation, starts, images, takes, guests, List.copyOf(others), processes);
    }

    /** The names of all files of this generation. */
    public List<String> fileNames() {
        List<String> names = new ArrayList<>();
        images.forEach(image -> names.add(image.fileName()));
        images.forEach(image -> names.add(image.imageFileName()));
        takes.forEach(take -> names.add(take.fileName()));
        guests.forEach(guest -> names.add(guest.fileName()));
        kernels.forEach(kernel -> names.add(kernel.fileName()));
        processes.forEach(process -> names.add(process.fileName()));
        return names;
    }

    String toText() {
        StringBuilder text = new StringBuilder();
        text.append(FORMAT).append(StateFile.VERSION).append('\n');
        SavedImage.line(text, "generation", generation);
        SavedImage.line(text, "starts", starts);
        images.forEach(image -> SavedImage.line(text, "image", image.digest, image.generation, image.name));
        takes.forEach(take -> SavedImage.line(text, "taken", take.scope, take.digest, take.generation));
        guests.forEach(guest -> guestLine(text, guest));
        processes.forEach(process -> SavedImage.line(
                text,
                "process",
                process.name,
                process.digest,
                process.owner,
                process.pid,
                process.start,
                process.address));
        kernels.forEach(kernel -> SavedImage.line(
                text,
                KERNEL,
                URLEncoder.encode(kernel.name, StandardCharsets.UTF_8),
                kernel.digest,
                kernel.run,
                kernel.attached ? ATTACHED : "detached"));
        return text + CHECKSUM + checksum(text.toString()) + "\n";
    }

    /** Whether a text that {@link #toText} wrote names kernels: almost none does, and to parse it takes long. */
    static boolean hasKernels(String text) {
        return text.contains("\n" + KERNEL + " ");
    }

    private static void guestLine(StringBuilder text, SavedGuest guest) {
        SavedImage.line(
                text,
                "guest",
                guest.name,
                guest.digest,
                guest.boot,
                guest.inode,
                guest.layout.counters(),
                guest.layout.records(),
                guest.layout.recordSize(),
                guest.layout.names(),
                URLEncoder.encode(guest.memory.toString(), StandardCharsets.UTF_8));
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
        List<SavedGuest> guests = new ArrayList<>();
        List<SavedKernel> kernels = new ArrayList<>();
        List<SavedProcess> processes = new ArrayList<>();
        for (String line : text.split("\n", 0)) {
            String[] field = line.split(" ", -1);
            switch (field[0]) {
                case "generation" -> generation = Long.parseLong(field[1]);
                case "starts" -> starts = Long.parseLong(field[1]);
                case "image" -> images.add(new Carry(field[1], Long.parseLong(field[2]), field[3]));
                case "taken" -> takes.add(new Taken(field[1], field[2], Long.parseLong(field[3])));
                case "guest" -> guests.add(guest(field));
                case "process" -> processes.add(process(field));
                case KERNEL ->
                    kernels.add(new SavedKernel(
                            URLDecoder.decode(field[1], StandardCharsets.UTF_8),
                            field[2],
                            Long.parseLong(field[3]),
                            field[4].equals(ATTACHED)));
                default -> {
                    // The first line.
                }
            }
        }
        return new Manifest(
                generation,
                starts,
                List.copyOf(images),
                List.copyOf(takes),
                List.copyOf(guests),
                List.copyOf(kernels),
                List.copyOf(processes));
    }

    private static SavedProcess process(String[] field) {
        return new SavedProcess(
                field[1],
                field[2],
                Integer.parseInt(field[3]),
                Integer.parseInt(field[4]),
                Long.parseLong(field[5]),
                Long.parseLong(field[6]));
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

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(crc.getValue());
    }
}
