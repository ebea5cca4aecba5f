package org.pgofs.daemon.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LogLineTest {
    private final LoggerContext context = new LoggerContext();

    @TempDir
    Path directory;

    private String log(boolean journal, Level level, String message, Throwable failure) {
        LogLine layout = new LogLine(journal);
        layout.setContext(context);
        layout.start();
        return layout.doLayout(
                new LoggingEvent("", context.getLogger("test"), level, message, failure, new Object[] {"name"}));
    }

    @ParameterizedTest
    @CsvSource({"ERROR, 3", "WARN, 4", "INFO, 6", "DEBUG, 7", "TRACE, 7"})
    void shouldTellTheJournalHowImportantItIs(String level, int priority) {
        assertEquals("<" + priority + ">a name\n", log(true, Level.toLevel(level), "a {}", null));
    }

    @Test
    void shouldTellTheJournalTheImportanceOfEachLine() {
        String lines = log(true, Level.WARN, "failed", new IOException("because\n<0>of this"));

        assertTrue(lines.lines().count() > 3, lines);
        assertTrue(lines.lines().allMatch(line -> line.startsWith("<4>")), lines);
    }

    @Test
    void shouldSayWhenAndHowImportantItIsInAFile() {
        String line = log(false, Level.WARN, "a {}", null);

        assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  a name\\n"), line);
    }

    @Test
    void shouldNameTheMountInEachForm() {
        context.putProperty("mount", "/mnt/web");

        assertEquals("<6>/mnt/web: a name\n", log(true, Level.INFO, "a {}", null));
        assertTrue(log(false, Level.INFO, "a {}", null).endsWith(" INFO  /mnt/web: a name\n"));
    }

    /** Names of files and processes are anybody's. */
    @Test
    void shouldStayOneLineWhateverIsNamed() {
        context.putProperty("mount", "/mnt/\n<0>");

        assertEquals("<6>/mnt/\\x0a<0>: \\x1b[2J é\\x0a<0>\\x00\n", log(true, Level.INFO, "\033[2J é\n<0>\0", null));
    }

    @Test
    void shouldKnowTheJournalByItsStream() throws IOException {
        Path file = Files.createFile(directory.resolve("stream"));
        Path other = Files.createFile(directory.resolve("other"));
        Map<String, String> environment = Map.of(
                "JOURNAL_STREAM", Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino"));

        assertTrue(LogLine.isJournal(environment, file));
        assertFalse(LogLine.isJournal(environment, other), "it was redirected");
        assertFalse(LogLine.isJournal(Map.of(), file));
        assertFalse(LogLine.isJournal(environment, directory.resolve("none")), "it is closed");
    }
}
