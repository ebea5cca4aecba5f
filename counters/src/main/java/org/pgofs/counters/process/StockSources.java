package org.pgofs.counters.process;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.linux.ReadableFile;

/**
 * Which processes are read that do not publish, and how.
 *
 * @param programs what knows files of programs
 * @param reader the program that reads for the daemon, of foreign_reader.c
 * @param all whether all processes are looked for, and not only those that are attached by their number
 */
public record StockSources(StockPrograms programs, Path reader, boolean all) {
    /** None at all. */
    public static final StockSources NONE = new StockSources(new NoPrograms(), Path.of("/nonexistent"), false);

    private static final class NoPrograms implements StockPrograms {
        @Override
        public Optional<StockProgram> read(ReadableFile file) {
            return Optional.empty();
        }

        @Override
        public List<WrittenProfile> profiles(ByteBuffer bytes) throws InvalidFileException {
            throw new InvalidFileException("cannot be read here");
        }

        @Override
        public boolean isProfile(long word) {
            return false;
        }
    }
}
