package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.linux.ReadableFile;

/** What files of programs have in them; each is looked into once. Thread-safe. */
final class ProgramFiles {
    private static final int MOST_KEPT = 4096;

    private final StockPrograms programs;
    private final Map<ForeignReader.Identity, Finding> kept = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ForeignReader.Identity, Finding> eldest) {
            return size() > MOST_KEPT;
        }
    };

    ProgramFiles(StockPrograms programs) {
        this.programs = programs;
    }

    /**
     * What a file has in it.
     *
     * @param program if it counts
     * @param reason why it cannot be read though it counts, empty otherwise
     */
    record Finding(Optional<StockProgram> program, String reason) {
        static final Finding NOTHING = new Finding(Optional.empty(), "");
    }

    boolean isProfile(long word) {
        return programs.isProfile(word);
    }

    /**
     * Looks into the file that a process has mapped.
     *
     * @param pid the process
     * @throws IOException if it cannot be opened; nothing is wrong with the process
     */
    Finding look(Mapping mapping, int pid, ForeignReader reader) throws IOException {
        long file = open(mapping, pid, reader);
        try {
            ForeignReader.Identity identity = reader.identify(file);
            Finding found = kept(identity);
            if (found == null) {
                found = read(new Foreign(reader, file, identity.size()));
                keep(identity, found);
            }
            return found;
        } finally {
            reader.close(file);
        }
    }

    /** In a namespace of users the kernel opens none by where it is mapped: there, the one that has its name. */
    private static long open(Mapping mapping, int pid, ForeignReader reader) throws IOException {
        try {
            return reader.open(mapping.link(pid));
        } catch (AccessDeniedException e) {
            long file = reader.open(mapping.name(pid));
            if (reader.identify(file).isFile(mapping.file())) {
                return file;
            }
            reader.close(file);
            throw new IOException("another file has its name", e);
        }
    }

    private synchronized Finding kept(ForeignReader.Identity identity) {
        return kept.get(identity);
    }

    private synchronized void keep(ForeignReader.Identity identity, Finding found) {
        kept.put(identity, found);
    }

    private Finding read(ReadableFile file) throws IOException {
        try {
            return new Finding(programs.read(file), "");
        } catch (InvalidFileException e) {
            return new Finding(Optional.empty(), e.getMessage());
        }
    }

    private record Foreign(ForeignReader reader, long file, long size) implements ReadableFile {
        private static final int AT_ONCE = 1 << 16;

        @Override
        public int read(ByteBuffer target, long offset) throws IOException {
            ByteBuffer part = ByteBuffer.allocateDirect(Math.min(AT_ONCE, target.remaining()));
            reader.read(file, offset, part);
            int count = part.position();
            target.put(part.flip());
            return count == 0 ? -1 : count;
        }
    }
}
