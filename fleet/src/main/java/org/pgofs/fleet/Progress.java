package org.pgofs.fleet;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** How far a long work is, on a line of a terminal that is written again and again; nothing elsewhere. Thread-safe. */
final class Progress {
    private static final Pattern TERMINAL = Pattern.compile("/dev/(pts/|tty|console).*");
    private static final long PERIOD = 500_000_000L;

    private final PrintWriter terminal;
    private final boolean shown;
    private long next;
    private int width;

    /**
     * Shows nothing yet.
     *
     * @param terminal where to: standard error
     */
    Progress(PrintWriter terminal) {
        this.terminal = terminal;
        shown = isTerminal();
        next = System.nanoTime() + PERIOD;
    }

    private static boolean isTerminal() {
        try {
            return TERMINAL.matcher(
                            Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString())
                    .matches();
        } catch (IOException e) {
            return false;
        }
    }

    /** Shows some words, if the last ones were shown long enough. */
    synchronized void say(String words) {
        long now = System.nanoTime();
        if (shown && now - next >= 0) {
            show(words);
            next = now + PERIOD;
        }
    }

    /** Takes the words away. */
    synchronized void clear() {
        if (width > 0) {
            show("");
            terminal.print("\r");
            terminal.flush();
            width = 0;
        }
    }

    private void show(String words) {
        terminal.print("\r" + words + " ".repeat(Math.max(0, width - words.length())));
        terminal.flush();
        width = words.length();
    }
}
