package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.pgofs.counters.format.ElfNotes;
import org.pgofs.counters.format.KernelNoteLayout;
import org.pgofs.counters.format.RelocatedLayout;
import org.pgofs.counters.image.KernelSections;
import org.pgofs.counters.image.LinkTimes;

/**
 * Reads what the running kernel and its modules are out of their memory: no file of theirs is needed. Thread-safe, but that
 * one reads at a time.
 */
final class KernelReader implements AutoCloseable {
    /** Of a module, so many bits of a link-time address are within a section; above is the number of the section. */
    private static final int SECTION_BITS = 32;

    private final KernelFiles files;
    private final ElfCore core;
    private final SectionReader sections;

    private KernelReader(KernelFiles files, KernelSections.Parser parser, ElfCore core) {
        this.files = files;
        this.core = core;
        sections = new SectionReader(core, parser);
    }

    /**
     * Opens the memory of a kernel.
     *
     * @throws IOException if it cannot be read; the message is one line that says why, and what to do
     */
    static KernelReader open(KernelFiles files, KernelSections.Parser parser) throws IOException {
        return new KernelReader(files, parser, KcoreAccess.open(files));
    }

    ElfCore core() {
        return core;
    }

    /** Whether a kernel says that it can be read; by a note of any version. */
    static boolean hasNote(KernelFiles files) {
        try {
            return ElfNotes.find(files.notes(), KernelNoteLayout.NAME, KernelNoteLayout.TYPE)
                    .isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Reads vmlinux of which there is the file. If it has a note, the file is only compared: by both ways it is one image.
     * If not, nobody records values in it.
     *
     * @param vmlinux its file's sections, with link-time addresses
     * @throws IOException if another kernel runs; the message is one line
     */
    Loaded kernel(KernelSections vmlinux) throws IOException {
        SectionReader.requireSame(vmlinux, SectionReader.hexadecimal(SectionReader.buildId(files.notes())));
        if (hasNote(files)) {
            return kernel();
        }
        long moved = core.info().kernelOffset();
        if (!sections.has(vmlinux, moved)) {
            throw new IOException(vmlinux.path() + " is not what the running kernel has in memory");
        }
        return sections.loaded(vmlinux, moved, files.boot(), files.kernelEpoch());
    }

    /**
     * Reads vmlinux, and keeps other daemons from doing so: a reset by one of them would empty the value sites of all.
     *
     * @throws IOException if it has no note, or is not what the note says, or is attached; the message is one line
     */
    Loaded kernel() throws IOException {
        if (!core.lock()) {
            throw new IOException(
                    "the running kernel is attached already, to this pgofs or to another one: only one can"
                            + " reset its values. Mount the others with -o kernel=no");
        }
        ByteBuffer notes = files.notes();
        KernelNote note = KernelNote.find(notes, KernelNoteLayout.FORM_LINKED, 0)
                .orElseThrow(() -> new IOException("the running kernel has no note of pgofs in " + files.sys()
                        + "/kernel/notes: give its file by --vmlinux, or build it with pgofs kernel build"));
        long moved = core.info().kernelOffset();
        // A kernel that moves its notes too has addresses of now in them.
        long added = core.beginsAt(note.text() + moved) || !core.beginsAt(note.text()) ? moved : 0;
        return sections.loaded(
                KernelStatus.VMLINUX,
                files.boot(),
                KernelNote.find(notes, KernelNoteLayout.FORM_LINKED, added).orElseThrow(),
                SectionReader.buildId(notes),
                new LinkTimes(moved),
                files.kernelEpoch(),
                OptionalLong.empty());
    }

    /**
     * Reads a module.
     *
     * @throws IOException if it does not count, or cannot be read; the message is words that follow its name
     */
    Loaded module(String name) throws IOException {
        long run = files.run(name);
        ByteBuffer notes = files.note(name);
        if (!notes.hasRemaining()) {
            throw new IOException(
                    "has counters but no note of pgofs, so they are not read: link it as pgofs kernel build"
                            + " does, see docs/kernel.md");
        }
        long address = files.noteAddress(name);
        if (address == 0) {
            throw new IOException("is hidden: set sysctl kernel.kptr_restrict to 1 or 0 and mount pgofs again");
        }
        KernelNote note = KernelNote.find(notes, KernelNoteLayout.FORM_DISTANCES, address + KernelNoteLayout.DESCRIPTOR)
                .orElseThrow(() -> new IOException("has a note of pgofs that is none"));
        Loaded loaded = sections.loaded(
                name,
                run,
                note,
                SectionReader.buildId(files.buildIdNote(name)),
                linkTimes(files.sections(name)),
                files.epoch(name),
                OptionalLong.of(core.firstAddress()));
        if (files.run(name) != run) {
            throw new IOException("was loaded again meanwhile");
        }
        return loaded;
    }

    /**
     * The sections of a module lie elsewhere each time that it is loaded, and those of its start anywhere. So a link-time
     * address is made of the number of the section in the order of their names, and the place in it.
     */
    private static LinkTimes linkTimes(Map<String, Long> sections) {
        record Section(long number, long address) {}

        List<Section> byAddress = new ArrayList<>();
        for (long address : sections.values()) {
            byAddress.add(new Section(byAddress.size() + 1L, address));
        }
        byAddress.sort(Comparator.comparing(Section::address, Long::compareUnsigned));
        ByteBuffer ranges =
                ByteBuffer.allocate(byAddress.size() * RelocatedLayout.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < byAddress.size(); i++) {
            Section section = byAddress.get(i);
            long next =
                    i + 1 < byAddress.size() ? byAddress.get(i + 1).address : section.address + (1L << SECTION_BITS);
            int at = i * RelocatedLayout.SIZE;
            ranges.putLong(at + RelocatedLayout.ADDRESS, section.address)
                    .putLong(at + RelocatedLayout.LINKED, section.number << SECTION_BITS)
                    .putLong(at + RelocatedLayout.BYTES, Math.min(next - section.address, 1L << SECTION_BITS));
        }
        return new LinkTimes(0, ranges);
    }

    @Override
    public void close() {
        core.close();
    }
}
