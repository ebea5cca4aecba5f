package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes whose memory lies on a file system that does not answer: who reads it waits for ever, and cannot be killed. They
 * keep nobody waiting for longer than once, and the daemon can be killed.
 */
final class SilentProcessIT {
    private static final int USER = 61235;

    /** As many as may keep a reader of the daemon. */
    private static final int MOST_SILENT = 4;

    @TempDir
    Path directory;

    private Path ofUser(int user, Path program) throws IOException {
        Shell.in(directory).run("chmod", "a+rx", directory.toString()).ok();
        Path script = Files.write(
                directory.resolve(program.getFileName() + "." + user),
                List.of("#!/bin/sh", "exec setpriv --reuid %d --clear-groups %s".formatted(user, program)));
        Shell.in(directory).run("chmod", "+x", script.toString()).ok();
        return script;
    }

    private static Shell.Result attach(PgofsMount mount, Worker worker) {
        return mount.shell()
                .run(
                        Checkout.PGOFS.toString(),
                        "attach",
                        "--pid",
                        Long.toString(worker.pid()),
                        mount.root().toString());
    }

    /** What is wrong with each process, by its number. */
    private static Map<Long, String> problems(PgofsMount mount) {
        Map<Long, String> problems = new HashMap<>();
        for (Object process : (List<?>) ((Map<?, ?>) mount.status().get("stock")).get("processes")) {
            Map<?, ?> fields = (Map<?, ?>) process;
            problems.put(
                    ((Number) fields.get("pid")).longValue(),
                    fields.get("problems").toString());
        }
        return problems;
    }

    private static long silent(PgofsMount mount) {
        return problems(mount).values().stream()
                .filter(problem -> problem.contains("does not answer: its last counts are served"))
                .count();
    }

    /** How many processes read for the daemon, or cannot end. */
    private static long readers(PgofsMount mount) {
        return mount.daemon()
                .children()
                .filter(child -> child.info()
                        .command()
                        .filter(name -> name.endsWith("/foreign_reader"))
                        .isPresent())
                .count();
    }

    @Test
    void shouldKeepNobodyWaitingForProcessesThatDoNotAnswer() throws Exception {
        Toolchain toolchain = Toolchain.DEFAULT;
        Path program = toolchain.clang(
                directory.resolve("covered"), "-fprofile-generate", Checkout.SOURCES.resolve("c/covered.c"));
        Path ofTheUser = ofUser(USER, program);
        List<Worker> silent = new ArrayList<>();
        try (PgofsMount mount = PgofsMount.start(directory);
                SilentFiles files = new SilentFiles(directory, USER)) {
            Shell shell = mount.shell().with("LLVM_PROFILE_FILE", "/dev/null");
            try (Worker other = Worker.start(shell, program)) {
                other.work(1);
                attach(mount, other).ok();
                for (int i = 0; i < MOST_SILENT + 2; i++) {
                    Worker worker = Worker.start(shell, ofTheUser);
                    silent.add(worker);
                    worker.work(10);
                    attach(mount, worker).ok();
                }
                assertEquals(61, mount.profile(toolchain).calls("counted"));
                for (Worker worker : silent) {
                    worker.work(100);
                    worker.tell("cover " + files.file());
                }
                other.work(1);
                Await.until("as many as may be do not answer", () -> silent(mount) == MOST_SILENT);
                assertTrue(
                        problems(mount).values().stream()
                                .anyMatch(problem -> problem.contains("4 processes of its user do not answer")),
                        problems(mount).toString());
                for (int i = 0; i < 20; i++) {
                    other.work(1);
                    long calls = mount.profile(toolchain).calls("counted") - 2 - i;
                    // Those that were covered before somebody looked have what they had before.
                    assertTrue(calls > 60 && calls <= 661 && calls % 100 == 61, Long.toString(calls));
                }
                // Those that were given up, and one for the other user.
                assertEquals(MOST_SILENT + 1, readers(mount));
                assertEquals("[]", problems(mount).get(other.pid()));
                Worker late = Worker.start(shell, ofUser(USER + 1, program));
                silent.add(late);
                late.work(1);
                late.tell("cover " + files.file());
                Shell.Result refused = attach(mount, late);
                assertTrue(
                        refused.errors().contains("does not answer: part of its memory may be on"), refused.errors());
                mount.reset();
                other.work(5);
                assertEquals(5, mount.profile(toolchain).calls("counted"));

                mount.killDaemon();
                mount.startDaemon();
                other.work(5);
                assertEquals(10, mount.profile(toolchain).calls("counted"));
                files.end();
                Await.until(
                        "all are read again",
                        () -> silent(mount) == 0
                                && problems(mount).values().stream()
                                        .anyMatch(problem -> problem.contains("its file system fails")));
            } finally {
                silent.forEach(Worker::close);
            }
        }
    }
}
