package org.pgofs.daemon.profile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pgofs.daemon.elf.ElfFile;
import org.pgofs.profdata.read.IndexedContent;

/** What a program's file says of the profiles that fit it, as {@code pgofs check} computes it. */
public final class ProgramFit {
    private static final String GNU = "GNU";
    private static final int BUILD_ID = 3;

    private final String buildId;
    private final Map<String, Set<Long>> functions;

    private ProgramFit(String buildId, Map<String, Set<Long>> functions) {
        this.buildId = buildId;
        this.functions = functions;
    }

    /**
     * Reads a program.
     *
     * @param program an executable or a shared library
     * @return what fits it
     * @throws IOException if it cannot be read; the message names it
     */
    public static ProgramFit of(Path program) throws IOException {
        try (ElfFile elf = ElfFile.open(program)) {
            Optional<ByteBuffer> note = elf.note(GNU, BUILD_ID);
            String buildId = note.isPresent() ? digits(note.get()) : "";
            return new ProgramFit(buildId, functions(program));
        } catch (NoSuchFileException e) {
            throw new IOException(program + " does not exist", e);
        } catch (IOException e) {
            throw new IOException(program + " " + e.getMessage(), e);
        }
    }

    private static String digits(ByteBuffer id) {
        byte[] bytes = new byte[id.remaining()];
        id.duplicate().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** None of a program that is not instrumented. */
    private static Map<String, Set<Long>> functions(Path program) {
        try {
            return ProgramFunctions.of(program);
        } catch (IOException e) {
            return Map.of();
        }
    }

    /**
     * The program's build id.
     *
     * @return hexadecimal digits, none if it has no id
     */
    public String buildId() {
        return buildId;
    }

    /**
     * Whether it can be told how much of a profile fits.
     *
     * @return false if the program is not instrumented
     */
    public boolean isKnown() {
        return !functions.isEmpty();
    }

    /**
     * How much of a profile's counts the program can use.
     *
     * @param profile any
     * @return 0 to 1
     */
    public double of(IndexedContent profile) {
        return new ProfileCheck(profile, functions).left();
    }
}
