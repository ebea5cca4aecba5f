package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pgofs.counters.format.InvalidFileException;

/** What files of programs have in them; each is looked into once. Thread-safe. */
final class ProgramFiles {
    private static final int MOST_KEPT = 4096;

    private final StockPrograms programs;
    private final Map<Object, Finding> kept = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Finding> eldest) {
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

    /** Looks into the file that a process has mapped. It may take for ever. */
    Finding look(Path link) throws IOException {
        Object identity = Files.readAttributes(link, "unix:dev,ino,ctime,size");
        synchronized (this) {
            Finding known = kept.get(identity);
            if (known != null) {
                return known;
            }
        }
        Finding found = read(link);
        synchronized (this) {
            kept.put(identity, found);
        }
        return found;
    }

    private Finding read(Path link) throws IOException {
        try {
            return new Finding(programs.read(link), "");
        } catch (InvalidFileException e) {
            return new Finding(Optional.empty(), e.getMessage());
        }
    }
}
