package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.GuestImage.Function;
import org.pgofs.counters.image.GuestLayout;
import org.pgofs.daemon.elf.ElfFile;
import org.pgofs.daemon.elf.ElfSection;
import org.pgofs.daemon.elf.MalformedElfException;
import org.pgofs.profraw.CompiledRecords;
import org.pgofs.profraw.MalformedProfileException;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.RawLayouts;

/** Reads the file of an instrumented kernel, as its build leaves it: {@code vmlinux}. */
final class Vmlinux {
    private static final String RAW_VERSION = "__llvm_profile_raw_version";
    private static final String BANNER = "linux_banner";
    private static final String BUILD_ID_NAME = "GNU";
    private static final int BUILD_ID_TYPE = 3;

    private Vmlinux() {}

    /**
     * Reads a kernel's file.
     *
     * @throws IOException if it is not one that counts; the message is one line that says why
     */
    static GuestImage read(Path file) throws IOException {
        try (ElfFile elf = open(file)) {
            return read(file, elf);
        } catch (MalformedElfException | MalformedProfileException e) {
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

    private static GuestImage read(Path file, ElfFile elf) throws IOException {
        ElfSection data = section(file, elf, "__llvm_prf_data");
        ElfSection counters = section(file, elf, "__llvm_prf_cnts");
        ElfSection names = section(file, elf, "__llvm_prf_names");
        long rawVersion = elf.object(RAW_VERSION)
                .filter(content -> content.limit() == Long.BYTES)
                .orElseThrow(() -> new IOException(file + " does not say its raw version: is it stripped? Give the"
                        + " vmlinux of the build directory, and not the bzImage"))
                .getLong(0);
        int number = Variant.version(rawVersion);
        if (!RawLayouts.supported().contains(number)) {
            throw new IOException(file + " has raw version " + number + ": this pgofs knows " + RawLayouts.supported());
        }
        if ((rawVersion & (Variant.BYTE_COVERAGE | Variant.TEMPORAL)) != 0) {
            throw new IOException(file + " is instrumented for " + String.join(", ", Variant.words(rawVersion))
                    + ", which cannot be read from outside: build it with -fprofile-generate alone");
        }
        int recordSize = CompiledRecords.size(number);
        ByteBuffer records = elf.content(data);
        int first = firstRecord(records, recordSize);
        ByteBuffer used = records.slice(first, lastRecord(records, recordSize, first) - first);
        List<ParsedFunction> functions =
                CompiledRecords.read(number, used, data.address() + first, elf.content(counters), counters.address());
        if (functions.isEmpty()) {
            throw new IOException(file + " has no instrumented function");
        }
        int begin = functions.stream()
                .mapToInt(ParsedFunction::countersOffset)
                .min()
                .orElseThrow();
        int end = functions.stream()
                .mapToInt(function -> function.countersOffset() + function.counters() * Long.BYTES)
                .max()
                .orElseThrow();
        List<Function> relative = new ArrayList<>();
        for (ParsedFunction function : functions) {
            relative.add(new Function(
                    function.nameRef(),
                    function.funcHash(),
                    function.countersOffset() - begin,
                    function.counters(),
                    function.address()));
        }
        return new GuestImage(
                file.toString(),
                banner(elf),
                rawVersion,
                binaryIds(elf),
                relative,
                end - begin,
                elf.content(names),
                new GuestLayout(counters.address() + begin, data.address() + first, recordSize, names.address()));
    }

    private static ElfSection section(Path file, ElfFile elf, String name) throws IOException {
        return elf.section(name)
                .filter(ElfSection::isInMemory)
                .orElseThrow(() -> new IOException(
                        file + " is not instrumented: it has no " + name + "; see pgofs kernel --help"));
    }

    /** What alignment puts at the ends of the section is no record. */
    private static int firstRecord(ByteBuffer records, int size) {
        int at = 0;
        while (at + size <= records.limit() && isPadding(records, at)) {
            at += size;
        }
        return at;
    }

    private static int lastRecord(ByteBuffer records, int size, int first) {
        int end = records.limit() - (records.limit() - first) % size;
        while (end > first && isPadding(records, end - size)) {
            end -= size;
        }
        return end;
    }

    /** Hashes of name and control flow that are both 0. */
    private static boolean isPadding(ByteBuffer records, int at) {
        return records.getLong(at) == 0 && records.getLong(at + Long.BYTES) == 0;
    }

    private static String banner(ElfFile elf) throws IOException {
        return elf.object(BANNER)
                .map(text -> StandardCharsets.ISO_8859_1.decode(text).toString().replaceFirst("[^ -~].*", ""))
                .orElse("");
    }

    private static ByteBuffer binaryIds(ElfFile elf) throws IOException {
        ByteBuffer id = elf.note(BUILD_ID_NAME, BUILD_ID_TYPE).orElse(ByteBuffer.allocate(0));
        if (!id.hasRemaining()) {
            return id;
        }
        int padded = (id.remaining() + Long.BYTES - 1) & -Long.BYTES;
        ByteBuffer ids = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        ids.putLong(0, id.remaining());
        ids.put(Long.BYTES, id, 0, id.remaining());
        return ids;
    }
}
