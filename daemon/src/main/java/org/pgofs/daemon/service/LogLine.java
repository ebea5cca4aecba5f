package org.pgofs.daemon.service;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import org.slf4j.event.Level;

/**
 * A line of the log: when, how important, which mount, and what. Several daemons may write into one file. The journal of systemd
 * knows when; it takes the importance from {@code <N>} at the start of each line, as sd-daemon(3) describes.
 */
public final class LogLine {
    private static final int ERROR = 3;
    private static final int WARNING = 4;
    private static final int INFORMATION = 6;
    private static final int DEBUGGING = 7;

    private static volatile String mount;

    private final DateTimeFormatter time =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private final boolean journal;

    /** In the form that standard error takes. */
    LogLine() {
        this(isJournal(System.getenv(), Path.of("/proc/self/fd/2")));
    }

    /**
     * In the form of the journal, or not.
     *
     * @param journal whether the journal takes it
     */
    LogLine(boolean journal) {
        this.journal = journal;
    }

    /**
     * Names what this process serves in each line from now on.
     *
     * @param mountPoint its path; null if it serves nothing
     */
    public static void name(Path mountPoint) {
        mount = Objects.toString(mountPoint, null);
    }

    /** Whether a file is the stream that systemd has connected to its journal: somebody may have redirected it since. */
    static boolean isJournal(Map<String, String> environment, Path file) {
        try {
            return (Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino"))
                    .equals(environment.get("JOURNAL_STREAM"));
        } catch (IOException e) {
            return false;
        }
    }

    /** With what would begin another line shown as an escape: names of files and programs are anybody's. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                line.append(String.format("\\x%02x", c));
            } else {
                line.append((char) c);
            }
        });
        return line.toString();
    }

    /**
     * One thing that happened; the first line says what, and the others are a failure's.
     *
     * @param failure null if there is none
     */
    String lines(Level level, Instant at, String message, Throwable failure) {
        StringBuilder lines = new StringBuilder();
        String head = journal ? "<" + priority(level) + ">" : time.format(at) + String.format(" %-5s ", level);
        lines.append(head);
        String served = mount;
        if (served != null) {
            lines.append(oneLine(served)).append(": ");
        }
        lines.append(oneLine(message)).append('\n');
        if (failure != null) {
            stack(failure).lines().forEach(line -> lines.append(journal ? head : "")
                    .append(oneLine(line.replace("\t", "    ")))
                    .append('\n'));
        }
        return lines.toString();
    }

    private static String stack(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static int priority(Level level) {
        return switch (level) {
            case ERROR -> ERROR;
            case WARN -> WARNING;
            case INFO -> INFORMATION;
            default -> DEBUGGING;
        };
    }
}
