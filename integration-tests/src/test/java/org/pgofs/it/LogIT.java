package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an administrator finds in the log and in the list of processes. */
final class LogIT {
    @TempDir
    Path directory;

    private Path log() {
        return directory.resolve("log");
    }

    private List<String> lines(String part) throws IOException {
        return Files.readAllLines(log()).stream()
                .filter(line -> line.contains(part))
                .toList();
    }

    /** Stays in the foreground; the log is a file. */
    private void start(PgofsMount mount, String... environment) throws IOException {
        String words = "exec env " + String.join(" ", environment) + " \"$@\" 2>>\"$0\"";
        mount.startDaemonBy(List.of("bash", "-c", words, log().toString()), "-o", "mode=0777");
    }

    private void assertLogged(String pattern) throws IOException {
        assertTrue(
                Files.readAllLines(log()).stream()
                        .anyMatch(Pattern.compile(pattern).asPredicate()),
                pattern + " is not in\n" + Files.readString(log()));
    }

    @Test
    void shouldSayWhichMountIsResetAndTakenByWhom() throws IOException {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            start(mount);
            Shell.in(directory)
                    .bash(
                            """
                            cp "$(readlink -f /bin/bash)" resetter
                            ./resetter -c 'echo $$ >pid; echo 1 >mnt/pgo/reset'
                            """)
                    .ok();
            String process = Files.readString(directory.resolve("pid")).strip();
            assertLogged("INFO  " + mount.root() + ": reset of all images by user 0, process " + process
                    + " \\(resetter\\)$");
            Shell.in(directory).bash("cat mnt/pgo/take >taken").ok();
            assertLogged(": take [0-9]+ of all images by user 0, process [0-9]+ \\(cat\\): 0 images, 0 bytes$");
        }
    }

    /** A process may call itself what it likes. */
    @Test
    void shouldStayOneLineWhoeverAsks() throws IOException {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            start(mount);
            Shell.in(directory)
                    .run(
                            "python3",
                            "-c",
                            "open('/proc/self/comm','w').write('a\\n<0>b\\x1b[2J');"
                                    + " open('mnt/pgo/reset','w').write('1')")
                    .ok();
            assertLogged("reset of all images by user 0, process [0-9]+ \\(a\\\\x0a<0>b\\\\x1b\\[2J\\)$");
        }
    }

    @Test
    void shouldSayThatTheDaemonBeforeWasKilled() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            start(mount);
            long killed = mount.daemon().pid();
            mount.killDaemon();
            start(mount);
            assertLogged("WARN  " + mount.root() + ": the daemon before this one, process " + killed
                    + ", was killed: its last sign of life is of 20..-..-..T..:..:..Z; its counts are taken over$");
            mount.stopDaemon();
            start(mount);
            assertEquals(1, lines("was killed").size(), "not after an end");
        }
    }

    @Test
    void shouldTellTheJournalHowImportantEachLineIs() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            Files.createFile(log());
            String stream = Files.getAttribute(log(), "unix:dev") + ":" + Files.getAttribute(log(), "unix:ino");
            start(mount, "JOURNAL_STREAM=" + stream);
            mount.killDaemon();
            start(mount, "JOURNAL_STREAM=" + stream);
            assertLogged("^<6>" + mount.root() + ": the ends of programs are noticed by: lease$");
            assertLogged("^<4>" + mount.root() + ": the daemon before this one, ");
        }
    }

    @Test
    void shouldBeCalledPgofs() throws IOException {
        try (PgofsMount mount = PgofsMount.prepare(directory)) {
            start(mount);
            String pid = String.valueOf(mount.daemon().pid());
            String shown = Shell.in(directory)
                    .run("ps", "-o", "comm=,args=", "-p", pid)
                    .ok()
                    .output();
            assertTrue(shown.matches("pgofs +pgofs .*org\\.pgofs\\.daemon\\.Pgofs mount .*\\n"), shown);
            String threads = Shell.in(directory)
                    .run("ps", "-L", "-o", "comm=", "-p", pid)
                    .ok()
                    .output();
            for (String thread : List.of("pgofs", "fuse-1", "segment-watcher", "process-watcher", "profile-files")) {
                assertTrue(threads.lines().anyMatch(thread::equals), thread + " in " + threads);
            }
        }
    }
}
