package org.pgofs.daemon.profile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.Names;
import org.pgofs.daemon.elf.ElfFile;
import org.pgofs.daemon.elf.ElfSection;

/**
 * The functions of an instrumented program, by what its file says of them. Of the records no more is read than begins all
 * of every version: the hashes of name and control flow. So no raw version is needed, which a stripped file does not tell.
 */
final class ProgramFunctions {
    private static final String RECORDS = "__llvm_prf_data";
    private static final String NAMES = "__llvm_prf_names";

    /** The sizes of records: of raw versions up to 8, of 9 and 10, and of 11. */
    private static final int[] RECORD_SIZES = {48, 64, 72};

    private static final long MOST_NAMES = 512L << 20;

    private ProgramFunctions() {}

    /**
     * Reads a program.
     *
     * @param program an executable or a shared library
     * @return the hashes of its functions' control flow by their names, a character for each byte
     * @throws IOException if it is none, or not instrumented; the message says what to do
     */
    static Map<String, Set<Long>> of(Path program) throws IOException {
        try (ElfFile elf = ElfFile.open(program)) {
            ByteBuffer records = section(elf, RECORDS);
            Map<Long, String> names = names(section(elf, NAMES));
            return functions(records, names);
        }
    }

    private static ByteBuffer section(ElfFile elf, String name) throws IOException {
        ElfSection section = elf.section(name)
                .filter(ElfSection::isInMemory)
                .orElseThrow(
                        () -> new IOException("is not instrumented: give the program that was built with pgofs cc, or"
                                + " its image in the mount"));
        return elf.content(section);
    }

    private static Map<Long, String> names(ByteBuffer section) throws IOException {
        Map<Long, String> names = new HashMap<>();
        try {
            if (Names.unfolded(section) > MOST_NAMES) {
                throw new IOException("has more than " + MOST_NAMES + " bytes of names");
            }
            Names.read(section, new Names.Visitor() {
                private final Names.Hash hash = new Names.Hash();
                private final ByteArrayOutputStream name = new ByteArrayOutputStream();

                @Override
                public void part(byte[] bytes, int offset, int length) {
                    hash.add(bytes, offset, length);
                    name.write(bytes, offset, length);
                }

                @Override
                public void end() {
                    names.put(hash.take(), name.toString(StandardCharsets.ISO_8859_1));
                    name.reset();
                }
            });
        } catch (InvalidFileException e) {
            throw new IOException(e.getMessage(), e);
        }
        return names;
    }

    /** Of the size of a record by which most of them have names. */
    private static Map<String, Set<Long>> functions(ByteBuffer records, Map<Long, String> names) throws IOException {
        Map<String, Set<Long>> best = Map.of();
        int most = 0;
        for (int size : RECORD_SIZES) {
            List<Integer> named = new ArrayList<>();
            for (int at = 0; at + size <= records.limit(); at += size) {
                if (names.containsKey(records.getLong(at))) {
                    named.add(at);
                }
            }
            if (named.size() > most) {
                most = named.size();
                Map<String, Set<Long>> functions = new HashMap<>();
                named.forEach(at -> functions
                        .computeIfAbsent(names.get(records.getLong(at)), name -> new HashSet<>())
                        .add(records.getLong(at + Long.BYTES)));
                best = functions;
            }
        }
        if (best.isEmpty()) {
            throw new IOException("has no function whose name is known");
        }
        return best;
    }
}
