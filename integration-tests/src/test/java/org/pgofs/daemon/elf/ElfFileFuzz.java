package org.pgofs.daemon.elf;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgofs.it.FuzzFile;

/** Executables, as the doctor looks at them. */
public final class ElfFileFuzz {
    private static final int BUILD_ID = 3;
    private static final Path FILE = FuzzFile.make(".elf");

    private ElfFileFuzz() {}

    /**
     * Tries one.
     *
     * @param input a file
     */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            Files.write(FILE, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (ElfFile elf = ElfFile.open(FILE)) {
            for (ElfSection section : elf.sections()) {
                elf.name(section);
            }
            elf.section("__llvm_prf_cnts");
            elf.note("GNU", BUILD_ID);
            elf.object("__llvm_profile_raw_version");
        } catch (MalformedElfException | EOFException e) {
            // As documented.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
