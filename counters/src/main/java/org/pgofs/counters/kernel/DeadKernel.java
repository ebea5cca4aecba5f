package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.format.ElfNotes;
import org.pgofs.counters.format.KernelNoteLayout;
import org.pgofs.counters.format.KernelNoteLayout.Control;
import org.pgofs.counters.format.ValueSiteLayout;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.KernelSections;
import org.pgofs.counters.image.LinkTimes;

/**
 * The last counts of a kernel that no longer runs, out of a core file with its memory by virtual addresses: {@code
 * /proc/vmcore} of a kernel that kdump started, or a dump of a virtual machine.
 */
public final class DeadKernel {
    /** Where kernels are, and where they may be moved to; as the memory map of x86-64 has it. */
    private static final long KERNELS = 0xffff_ffff_8000_0000L;

    private static final long KERNELS_SIZE = 1L << 30;
    private static final long ALIGNMENT = 2 << 20;
    private static final int PIECE = 1 << 20;
    /** All notes of a kernel take less. */
    private static final int NEAR = 1 << 12;

    private final Loaded loaded;
    private final ByteBuffer counts;
    private final long epoch;

    private DeadKernel(Loaded loaded, ByteBuffer counts, long epoch) {
        this.loaded = loaded;
        this.counts = counts;
        this.epoch = epoch;
    }

    /**
     * Reads a core file.
     *
     * @param path of the file
     * @param parser knows the layouts of records
     * @param vmlinux the file of a kernel that has no note of pgofs
     * @return the counts
     * @throws IOException if there are none; the message is one line that says why
     */
    public static DeadKernel read(Path path, KernelSections.Parser parser, Optional<KernelSections> vmlinux)
            throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException(path + " is not a regular file");
        }
        try (ElfCore core = ElfCore.open(path)) {
            if (!core.hasAddresses()) {
                throw new IOException(path + " has physical addresses alone: take it by dump-guest-memory -p");
            }
            SectionReader sections = new SectionReader(core, parser);
            return byNoteOrFile(core, sections, vmlinux);
        } catch (NoSuchFileException e) {
            throw new IOException(path + " does not exist", e);
        }
    }

    /** A kernel that has a note is one image, whether its file is given or not: the file is only compared then. */
    private static DeadKernel byNoteOrFile(ElfCore core, SectionReader sections, Optional<KernelSections> vmlinux)
            throws IOException {
        if (vmlinux.isPresent() && !core.info().buildId().isEmpty()) {
            SectionReader.requireSame(vmlinux.get(), core.info().buildId());
        }
        Optional<DeadKernel> found = byNote(core, sections, vmlinux);
        if (found.isPresent()) {
            return found.get();
        }
        return byFile(
                core,
                sections,
                vmlinux.orElseThrow(() -> new IOException(
                        core.path() + " has no kernel with a note of pgofs in it: give its file by --vmlinux")));
    }

    private static DeadKernel byFile(ElfCore core, SectionReader sections, KernelSections vmlinux) throws IOException {
        for (long moved : distances(core)) {
            if (sections.has(vmlinux, moved)) {
                return read(core, sections.loaded(vmlinux, moved, 0, core.path()), 0);
            }
        }
        throw new IOException(core.path() + " has not the kernel of " + vmlinux.path() + " in it");
    }

    private static Optional<DeadKernel> byNote(ElfCore core, SectionReader sections, Optional<KernelSections> vmlinux)
            throws IOException {
        ByteBuffer notes = notes(core);
        for (long moved : distances(core)) {
            Optional<KernelNote> note = KernelNote.find(
                    from(notes, KernelNoteLayout.NAME, KernelNoteLayout.TYPE), KernelNoteLayout.FORM_LINKED, moved);
            Optional<ByteBuffer> control = note.flatMap(known -> control(core, known));
            if (control.isPresent()) {
                ByteBuffer buildId = SectionReader.buildId(from(notes, ElfNotes.GNU, ElfNotes.BUILD_ID));
                if (vmlinux.isPresent()) {
                    SectionReader.requireSame(vmlinux.get(), SectionReader.hexadecimal(buildId));
                }
                Loaded loaded = sections.loaded(
                        KernelStatus.VMLINUX,
                        0,
                        note.get(),
                        buildId,
                        new LinkTimes(moved),
                        core.path(),
                        OptionalLong.empty());
                return Optional.of(read(core, loaded, control.get().getLong(Control.RESET_EPOCH)));
            }
        }
        return Optional.empty();
    }

    private static DeadKernel read(ElfCore core, Loaded loaded, long epoch) throws IOException {
        ByteBuffer counts = loaded.allocate();
        loaded.read(core, counts);
        return new DeadKernel(loaded, counts, epoch);
    }

    /** By how much the kernel may have been moved; first, what it says itself. */
    private static Set<Long> distances(ElfCore core) {
        Set<Long> distances = new LinkedHashSet<>(List.of(core.info().kernelOffset()));
        for (long distance = 0; distance < KERNELS_SIZE; distance += ALIGNMENT) {
            distances.add(distance);
        }
        return distances;
    }

    /** What a kernel has where the note says, if it is that. */
    private static Optional<ByteBuffer> control(ElfCore core, KernelNote note) {
        try {
            ByteBuffer control = core.read(note.control(), Control.SIZE);
            core.read(note.counters().begin(), note.counters().size("counters"));
            return control.getLong(Control.VALUE_SITE_SIZE) == ValueSiteLayout.SIZE
                            && control.getLong(Control.RAW_VERSION) != 0
                    ? Optional.of(control)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The memory around the note of pgofs, where the other notes of the kernel are; nothing if there is none. */
    private static ByteBuffer notes(ElfCore core) throws IOException {
        for (ElfCore.Part part : core.parts(KERNELS, KERNELS_SIZE)) {
            for (long at = 0; at < part.size(); at += PIECE) {
                ByteBuffer piece = core.read(part.address() + at, (int) Math.min(PIECE + 2 * NEAR, part.size() - at));
                int found = find(piece, KernelNoteLayout.NAME, KernelNoteLayout.TYPE);
                if (found >= 0) {
                    int begin = Math.max(0, found - NEAR);
                    return piece.slice(begin, Math.min(piece.limit(), found + NEAR) - begin)
                            .order(piece.order());
                }
            }
        }
        return ByteBuffer.allocate(0);
    }

    /** What follows a note among bytes, the note with it; nothing if there is none. */
    private static ByteBuffer from(ByteBuffer bytes, String name, int type) {
        int found = Math.max(0, find(bytes, name, type));
        return bytes.slice(found, bytes.limit() - found).order(bytes.order());
    }

    /** Where a note begins among bytes, -1 if it is not there. */
    private static int find(ByteBuffer bytes, String name, int type) {
        for (int at = 0; at < bytes.limit(); at += Integer.BYTES) {
            ByteBuffer rest = bytes.slice(at, bytes.limit() - at).order(bytes.order());
            if (ElfNotes.isAt(rest, name, type)) {
                return at;
            }
        }
        return -1;
    }

    /**
     * What it is.
     *
     * @return its image
     */
    public GuestImage image() {
        return loaded.image();
    }

    /**
     * What it counted.
     *
     * @param image that is {@link #image}
     * @param reader of whoever asks
     * @return the counts; the caller's own
     * @throws IOException never: they were read
     */
    public Counts counts(ImageCounters image, MemberReader reader) throws IOException {
        KernelMember member = new KernelMember(loaded, image, epoch);
        member.setSample(counts);
        return member.toCounts(reader);
    }
}
