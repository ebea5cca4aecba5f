package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import org.pgofs.counters.format.ElfNotes;
import org.pgofs.counters.format.KernelNoteLayout.Control;
import org.pgofs.counters.format.ValueSiteLayout;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.KernelSections;
import org.pgofs.counters.image.LinkTimes;
import org.pgofs.counters.kernel.Loaded.Proof;

/** Reads what a kernel or a module is out of its sections in memory. */
final class SectionReader {
    private final ElfCore core;
    private final KernelSections.Parser parser;

    SectionReader(ElfCore core, KernelSections.Parser parser) {
        this.core = core;
        this.parser = parser;
    }

    /** The build id that is among notes, nothing without one. */
    static ByteBuffer buildId(ByteBuffer notes) {
        return ElfNotes.find(notes, ElfNotes.GNU, ElfNotes.BUILD_ID).orElse(ByteBuffer.allocate(0));
    }

    static String hexadecimal(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }

    /**
     * Makes sure that a file is that of a kernel.
     *
     * @param buildId of the kernel in hexadecimal, empty if not known
     */
    static void requireSame(KernelSections vmlinux, String buildId) throws IOException {
        String given = hexadecimal(vmlinux.buildId());
        if (buildId.isEmpty() || !buildId.equals(given)) {
            throw new IOException(vmlinux.path() + " is not the file of this kernel: its build id is "
                    + (given.isEmpty() ? "none" : given) + ", and the kernel's is "
                    + (buildId.isEmpty() ? "not known" : buildId));
        }
    }

    /** Whether the memory has the names of a kernel where they are if it was moved by a distance. */
    boolean has(KernelSections vmlinux, long moved) {
        try {
            ByteBuffer names = vmlinux.names().duplicate();
            return core.read(vmlinux.namesAddress() + moved, names.remaining()).equals(names);
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * What a kernel is by its file. Nobody records values in it.
     *
     * @param moved from its link-time addresses
     * @param epoch what would set the epoch of value sites
     */
    Loaded loaded(KernelSections vmlinux, long moved, long run, Path epoch) throws IOException {
        GuestImage image = parser.parse(vmlinux);
        return new Loaded(
                KernelStatus.VMLINUX,
                run,
                image,
                image.layout().counters() + moved,
                0,
                0,
                new LinkTimes(moved),
                epoch,
                Optional.empty());
    }

    /**
     * What a kernel or a module is by its note.
     *
     * @param note with addresses of now
     * @param epoch what sets the epoch of its value sites
     * @param elsewhere of a module, an address of vmlinux, see {@link Proof}
     */
    Loaded loaded(
            String name,
            long run,
            KernelNote note,
            ByteBuffer buildId,
            LinkTimes linkTimes,
            Path epoch,
            OptionalLong elsewhere)
            throws IOException {
        ByteBuffer control = core.read(note.control(), Control.SIZE);
        long rawVersion = control.getLong(Control.RAW_VERSION);
        if (rawVersion == 0) {
            throw new IOException(name + " does not say its raw version");
        }
        int valueSites = control.getLong(Control.VALUE_SITE_SIZE) == ValueSiteLayout.SIZE
                ? Math.min(
                        note.values().size("values") / Long.BYTES,
                        note.sites().size("value sites") / ValueSiteLayout.SIZE)
                : 0;
        ByteBuffer names = core.read(note.names().begin(), note.names().size("names"));
        GuestImage image = parser.parse(new KernelSections(
                elsewhere.isPresent() ? name + ".ko" : name,
                core.processor(),
                "",
                core.read(rawVersion, Long.BYTES).getLong(0),
                buildId,
                core.read(note.data().begin(), note.data().size("records")),
                note.data().begin(),
                note.counters().size("counters"),
                note.counters().begin(),
                names,
                note.names().begin(),
                note.values().begin(),
                valueSites,
                linkTimes));
        return new Loaded(
                name,
                run,
                image,
                image.layout().counters(),
                note.sites().begin(),
                valueSites * ValueSiteLayout.SIZE,
                linkTimes,
                epoch,
                elsewhere.isPresent()
                        ? Optional.of(new Proof(note.names().begin(), names, elsewhere.getAsLong()))
                        : Optional.empty());
    }
}
