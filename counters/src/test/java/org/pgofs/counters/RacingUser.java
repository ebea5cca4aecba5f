package org.pgofs.counters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** The real changes, beside a user who makes something of a name before and after each, as long as he may. */
final class RacingUser implements FileChanges {
    private static final int TURNS = 6;

    private final String script;
    private int turns;

    /**
     * A user who may write to a directory.
     *
     * @param command makes what is named behind it
     */
    RacingUser(Path directory, String name, String command) {
        script = "cd " + directory + " && [ \"$(stat -c %u " + name + ")\" != 0 ] && rm -rf " + name + " && " + command
                + " " + name + " && chown -h nobody " + name;
    }

    private void race() throws IOException {
        if (turns++ < TURNS) {
            StoreFixture.run("sh", "-c", script);
        }
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        race();
        REAL.makeDirectory(directory);
    }

    @Override
    public int create(Path file) throws IOException {
        race();
        return REAL.create(file);
    }

    @Override
    public void append(int fd, ByteBuffer bytes) throws IOException {
        REAL.append(fd, bytes);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        race();
        REAL.rename(from, to);
        race();
    }

    @Override
    public void delete(Path file) throws IOException {
        REAL.delete(file);
    }

    @Override
    public void writeAt(int fd, long offset, ByteBuffer bytes) throws IOException {
        REAL.writeAt(fd, offset, bytes);
    }

    @Override
    public void writeLong(int fd, long offset, long value) throws IOException {
        REAL.writeLong(fd, offset, value);
    }
}
