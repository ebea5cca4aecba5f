package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.pgofs.counters.format.ElfNotes;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.KernelSections;
import org.pgofs.counters.image.LinkTimes;
import org.pgofs.daemon.elf.ElfFile;
import org.pgofs.daemon.elf.ElfSection;
import org.pgofs.daemon.elf.MalformedElfException;

/** Reads the file of an instrumented kernel, as its build leaves it: {@code vmlinux}. */
final class Vmlinux {
    private static final String RAW_VERSION = "__llvm_profile_raw_version";
    private static final String BANNER = "linux_banner";

    private Vmlinux() {}

    /**
     * Reads a kernel's file.
     *
     * @throws IOException if it is not one that counts; the message is one line that says why
     */
    static GuestImage read(Path file) throws IOException {
        return KernelRecords.image(sections(file));
    }

    /**
     * Reads the sections of a kernel's file.
     *
     * @throws IOException if it is not one that counts; the message is one line that says why
     */
    static KernelSections sections(Path file) throws IOException {
        try (ElfFile elf = open(file)) {
            return sections(file, elf);
        } catch (MalformedElfException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static ElfFile open(Path file) throws IOException {
        try {
            return ElfFile.open(file);
        } catch (MalformedElfException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        } catch (IOException e) {
            throw new IOException(file + " " + e.getMessage(), e);
        }
    }

    private static KernelSections sections(Path file, ElfFile elf) throws IOException {
        ElfSection data = section(file, elf, "__llvm_prf_data");
        ElfSection counters = section(file, elf, "__llvm_prf_cnts");
        ElfSection names = section(file, elf, "__llvm_prf_names");
        long rawVersion = elf.object(RAW_VERSION)
                .filter(content -> content.limit() == Long.BYTES)
                .orElseThrow(() -> new IOException(file + " has no raw version: is it stripped? Give the"
                        + " vmlinux of the build directory, not the bzImage"))
                .getLong(0);
        return new KernelSections(
                file.toString(),
                elf.processor(),
                banner(elf),
                rawVersion,
                elf.note(ElfNotes.GNU, ElfNotes.BUILD_ID).orElse(ByteBuffer.allocate(0)),
                elf.content(data),
                data.address(),
                elf.content(counters).limit(),
                counters.address(),
                elf.content(names),
                names.address(),
                0,
                0,
                new LinkTimes(0));
    }

    private static ElfSection section(Path file, ElfFile elf, String name) throws IOException {
        return elf.section(name)
                .filter(ElfSection::isInMemory)
                .orElseThrow(() -> new IOException(
                        file + " is not instrumented: it has no " + name + "; see pgofs kernel --help"));
    }

    private static String banner(ElfFile elf) throws IOException {
        return elf.object(BANNER)
                .map(text -> StandardCharsets.ISO_8859_1.decode(text).toString().replaceFirst("[^ -~].*", ""))
                .orElse("");
    }
}
