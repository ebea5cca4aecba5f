package org.pgofs.daemon.service;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * A line of the log: when, how important, which mount, and what. Several daemons may write into one file. The journal of systemd
 * knows when; it takes the importance from {@code <N>} at the start of each line, as sd-daemon(3) describes.
 */
public final class LogLine extends LayoutBase<ILoggingEvent> {
    private static final String MOUNT = "mount";
    private static final int ERROR = 3;
    private static final int WARNING = 4;
    private static final int INFORMATION = 6;
    private static final int DEBUGGING = 7;

    private final ThrowableProxyConverter stack = new ThrowableProxyConverter();
    private final DateTimeFormatter time =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private final boolean journal;

    /** For logback. */
    public LogLine() {
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
     * @param mountPoint its path
     */
    public static void name(Path mountPoint) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context) {
            context.putProperty(MOUNT, mountPoint.toString());
        }
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

    @Override
    public void start() {
        stack.start();
        super.start();
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder lines = new StringBuilder();
        String head = journal
                ? "<" + priority(event.getLevel()) + ">"
                : time.format(Instant.ofEpochMilli(event.getTimeStamp())) + String.format(" %-5s ", event.getLevel());
        lines.append(head);
        String mount = getContext() == null ? null : getContext().getProperty(MOUNT);
        if (mount != null) {
            lines.append(oneLine(mount)).append(": ");
        }
        lines.append(oneLine(event.getFormattedMessage())).append('\n');
        stack.convert(event).lines().forEach(line -> lines.append(journal ? head : "")
                .append(oneLine(line.replace("\t", "    ")))
                .append('\n'));
        return lines.toString();
    }

    private static int priority(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> ERROR;
            case Level.WARN_INT -> WARNING;
            case Level.INFO_INT -> INFORMATION;
            default -> DEBUGGING;
        };
    }
}
