package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.pgofs.counters.linux.Linux;

/**
 * Where a kernel tells of itself.
 *
 * @param proc a mounted proc
 * @param sys a mounted sysfs
 */
public record KernelFiles(Path proc, Path sys) {
    private static final String NOTES = "notes";
    private static final String SECTIONS = "sections";
    private static final String PARAMETERS = "parameters";
    private static final String PGOFS_NOTE = ".note.pgofs";
    private static final int HEXADECIMAL = 16;

    /**
     * Of the kernel that runs this machine.
     *
     * @return always the same
     */
    public static KernelFiles ofThisMachine() {
        return new KernelFiles(Path.of("/proc"), Path.of("/sys"));
    }

    /** The memory of the kernel. */
    Path core() {
        return proc.resolve("kcore");
    }

    /** All notes of vmlinux, none if the kernel does not show them. */
    ByteBuffer notes() throws IOException {
        return bytes(sys.resolve("kernel/notes"));
    }

    /** A number that no other boot of a machine has. */
    long boot() throws IOException {
        UUID id = UUID.fromString(text(proc.resolve("sys/kernel/random/boot_id")));
        return id.getMostSignificantBits() ^ id.getLeastSignificantBits();
    }

    /** Whether it tells nobody where modules are. */
    boolean hidesAddresses() {
        try {
            return text(proc.resolve("sys/kernel/kptr_restrict")).equals("2");
        } catch (IOException e) {
            return false;
        }
    }

    /** What sets the epoch of the value sites of vmlinux. */
    Path kernelEpoch() {
        return module("pgofs").resolve(PARAMETERS).resolve("epoch");
    }

    private Path module(String name) {
        return sys.resolve("module").resolve(name);
    }

    /** What is loaded, and what is built in and has parameters. */
    List<String> modules() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> modules = Files.newDirectoryStream(sys.resolve("module"))) {
            modules.forEach(module -> names.add(module.getFileName().toString()));
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return names;
    }

    /** Whether it was loaded, and is not built in. */
    boolean isLoaded(String module) {
        return Files.exists(module(module).resolve("initstate"));
    }

    /** A number that no other loading of a module has: sysfs gives each directory that it makes a number of its own. */
    long run(String module) throws IOException {
        return boot() ^ Linux.status(module(module)).inode();
    }

    /** The note of pgofs of a module, nothing if it has none. */
    ByteBuffer note(String module) throws IOException {
        return bytes(module(module).resolve(NOTES).resolve(PGOFS_NOTE));
    }

    /** Whether a module has a note of pgofs. */
    boolean hasNote(String module) {
        return Files.exists(module(module).resolve(NOTES).resolve(PGOFS_NOTE));
    }

    /** Where the note of a module is in memory, 0 if the kernel does not tell. */
    long noteAddress(String module) throws IOException {
        return address(module(module).resolve(SECTIONS).resolve(PGOFS_NOTE));
    }

    /** The note with the build id of a module, nothing if it has none. */
    ByteBuffer buildIdNote(String module) throws IOException {
        return bytes(module(module).resolve(NOTES).resolve(".note.gnu.build-id"));
    }

    /** Whether a module has counters, as far as its sections tell. */
    boolean isInstrumented(String module) {
        return Files.exists(module(module).resolve(SECTIONS).resolve("__llvm_prf_cnts"));
    }

    /** Where the sections of a module are, by their names in order. */
    TreeMap<String, Long> sections(String module) throws IOException {
        TreeMap<String, Long> addresses = new TreeMap<>();
        try (DirectoryStream<Path> sections =
                Files.newDirectoryStream(module(module).resolve(SECTIONS))) {
            for (Path section : sections) {
                addresses.put(section.getFileName().toString(), address(section));
            }
        }
        return addresses;
    }

    /** What sets the epoch of the value sites of a module. */
    Path epoch(String module) {
        return module(module).resolve(PARAMETERS).resolve("pgofs_epoch");
    }

    private static long address(Path file) throws IOException {
        String text = text(file);
        try {
            return Long.parseUnsignedLong(text.startsWith("0x") ? text.substring(2) : text, HEXADECIMAL);
        } catch (NumberFormatException e) {
            throw new IOException(file + " has no address", e);
        }
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    }

    private static ByteBuffer bytes(Path file) throws IOException {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (NoSuchFileException e) {
            return ByteBuffer.allocate(0);
        }
    }
}
