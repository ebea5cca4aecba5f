package org.pgofs.counters;

import java.io.IOException;
import java.nio.file.Path;
import org.pgofs.counters.linux.RealChanges;

/** The real changes, beside a user who makes something of a name before and after each, as long as he may. */
final class RacingUser extends RealChanges {
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
        super.makeDirectory(directory);
    }

    @Override
    public int create(Path file) throws IOException {
        race();
        return super.create(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        race();
        super.rename(from, to);
        race();
    }
}
