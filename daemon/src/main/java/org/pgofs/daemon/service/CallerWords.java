package org.pgofs.daemon.service;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pgofs.fs.Caller;

/** Who has asked, for the log. */
public final class CallerWords {
    private CallerWords() {}

    /**
     * The user, and the process with the name that it gives itself, unless it has ended.
     *
     * @param caller who asks
     * @return a part of a sentence; not of one line, if the process is called so
     */
    public static String of(Caller caller) {
        String user = "user " + Integer.toUnsignedString(caller.user());
        if (caller.process() == 0) {
            return user + ", a process of another pid namespace";
        }
        return user + ", process " + caller.process() + command(caller.process());
    }

    private static String command(int process) {
        try {
            String name = Files.readString(Path.of("/proc/" + process + "/comm"), StandardCharsets.ISO_8859_1);
            return " (" + name.substring(0, Math.max(0, name.length() - 1)) + ")";
        } catch (IOException e) {
            return "";
        }
    }
}
