package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code pgofs status} and {@code pgofs doctor} say. */
final class StatusIT {
    private static final Set<String> STATUS_FIELDS =
            Set.of("mount", "segment_dir", "attention", "state", "images", "dropped", "refused");
    private static final Set<String> IMAGE_FIELDS = Set.of(
            "name",
            "build_id",
            "raw_version",
            "functions",
            "counters",
            "nonzero_counters",
            "total_count",
            "live_processes",
            "ended_processes");

    @TempDir
    Path directory;

    @Test
    void shouldTellImagesProcessesAndTotals() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker live = Worker.start(mount.shell(), program);
                Worker ended = Worker.start(mount.shell(), program)) {
            mount.reset();
            ended.end();
            live.work(1000000);

            Map<?, ?> status = status(mount);
            assertTrue(status.keySet().containsAll(STATUS_FIELDS), status::toString);
            assertEquals(mount.root().toString(), status.get("mount"));
            assertEquals(mount.segments().toString(), status.get("segment_dir"));
            assertEquals(List.of(), status.get("attention"));
            assertEquals(0L, ((Map<?, ?>) status.get("state")).get("daemons_before"));
            assertEquals(List.of(), status.get("dropped"));
            assertEquals(Map.of(), status.get("refused"));

            Map<?, ?> image = image(status);
            assertTrue(image.keySet().containsAll(IMAGE_FIELDS), image::toString);
            assertTrue(image.get("name").toString().startsWith("worker14-"), image::toString);
            assertEquals(8L, image.get("raw_version"));
            assertEquals(List.of(live.pid()), image.get("live_processes"));
            assertEquals(1L, image.get("ended_processes"));
            Profile profile = mount.profile(Toolchain.DEFAULT);
            assertEquals((long) profile.counts().size(), image.get("functions"));
            assertTrue((Long) image.get("nonzero_counters") > 0);
            assertTrue((Long) image.get("nonzero_counters") < (Long) image.get("counters"));
            assertTrue((Long) image.get("total_count") >= 1000000);

            String text = Files.readString(mount.root().resolve("pgo/status"));
            assertTrue(text.contains(image.get("name").toString()), text);
        }
    }

    /** What it counted before is subtracted from what it counts after. */
    @Test
    void shouldSayThatAProgramSetItsCountersBack() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(3);
            mount.reset();
            worker.work(4);
            assertFalse(image(status(mount)).containsKey("counters_below_0"));

            worker.tell("forget");
            Map<?, ?> status = status(mount);
            long below = (Long) image(status).get("counters_below_0");
            assertTrue(below > 0, status::toString);
            assertEquals(List.of("1 files or parts of images are left out: see dropped"), status.get("attention"));
            String text = Files.readString(mount.root().resolve("pgo/status"));
            assertTrue(text.contains("  below 0         " + below + " counters, served as 0\n"), text);
            assertTrue(text.contains(" has " + below + " counters below 0, which are served as 0: "), text);
            assertEquals(0, mount.profile(Toolchain.DEFAULT).calls("counted"));

            mount.reset();
            assertEquals(List.of(), status(mount).get("attention"));
        }
    }

    private static Map<?, ?> image(Map<?, ?> status) {
        return (Map<?, ?>) ((List<?>) status.get("images")).get(0);
    }

    /** A child of its own segment: it neither fights with its parent for memory nor is counted twice. */
    @Test
    void shouldListTheChildOfAForkAsAProcess() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker parent = Worker.start(mount.shell(), program)) {
            parent.work(3);
            parent.tell("fork 1");
            Map<?, ?> image = image(status(mount));
            assertEquals(2, ((List<?>) image.get("live_processes")).size(), image::toString);
        }
    }

    @Test
    void shouldReportFilesThatAreNoSegments() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Path bad = mount.segments().resolve("s-bad");
            // An unfinished segment whose writer is gone would be deleted before it gets its name.
            Path unseen = Files.writeString(mount.segments().resolve(".bad"), "this is no segment");
            Files.move(unseen, bad);
            mount.reset(); // looks at the directory anew
            List<?> dropped = (List<?>) status(mount).get("dropped");
            assertEquals(1, dropped.size(), dropped::toString);
            Map<?, ?> entry = (Map<?, ?>) dropped.get(0);
            assertEquals(Set.of("file", "reason"), entry.keySet());
            assertTrue(entry.get("file").toString().endsWith("s-bad"), entry::toString);
        }
    }

    @Test
    void shouldTellWhatServesAndWhoHasResetLast() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            Map<?, ?> status = status(mount);
            Map<?, ?> daemon = (Map<?, ?>) status.get("daemon");
            assertEquals(mount.daemon().pid(), daemon.get("pid"));
            String since = daemon.get("since").toString();
            assertTrue(Instant.parse(since).isBefore(Instant.now()), since);
            String version = pgofs("--version").ok().output();
            assertTrue(
                    version.matches("pgofs \\Q%s\\E, commit ([0-9a-f]{40}|unknown) of \\d{4}-\\d\\d-\\d\\d\n"
                            .formatted(daemon.get("version"))),
                    version);
            assertEquals(program.toRealPath().toString(), image(status).get("program"));
            assertEquals(null, image(status).get("last_reset"));

            String[] who = shell(mount)
                    .bash("echo $$; exec 9>\"$1\"; echo 1 >&9", mount.root().resolve("pgo/reset"))
                    .ok()
                    .output()
                    .split("\n", 2);
            Map<?, ?> reset = (Map<?, ?>) image(status(mount)).get("last_reset");
            assertEquals("reset 0 " + who[0], reset.get("kind") + " " + reset.get("uid") + " " + reset.get("pid"));
            String at = reset.get("at").toString();
            assertTrue(Instant.parse(at).isAfter(Instant.parse(since)), at);

            worker.work(1);
            shell(mount)
                    .bash("cat \"$1\" >taken", mount.root().resolve("pgo/take"))
                    .ok();
            assertEquals("take", ((Map<?, ?>) image(status(mount)).get("last_reset")).get("kind"));
            Map<?, ?> work = (Map<?, ?>) status(mount).get("work");
            assertEquals("1 1", work.get("resets") + " " + work.get("takes"));
            String text = Files.readString(mount.root().resolve("pgo/status"));
            assertTrue(text.contains(", by a take of user 0, process "), text);
        }
    }

    @Test
    void shouldHaveAlertsThatPrometheusTakes() throws Exception {
        String page = Files.readString(Checkout.ROOT.resolve("docs/monitoring.md"));
        String rules = page.replaceFirst("(?s).*```yaml\n", "").replaceFirst("(?s)```.*", "");
        Files.writeString(directory.resolve("rules.yml"), rules);
        String checked = Shell.in(directory)
                .run("promtool", "check", "rules", "rules.yml")
                .ok()
                .output();
        assertTrue(checked.contains("3 rules found"), checked);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            String metrics = Files.readString(mount.root().resolve("pgo/metrics"));
            Matcher used = Pattern.compile("pgofs_\\w+").matcher(rules);
            assertTrue(used.find());
            do {
                assertTrue(metrics.contains("\n" + used.group() + " "), used.group());
            } while (used.find());
        }
    }

    /** With what df shows of the directory. */
    @Test
    void shouldServeMetrics() throws Exception {
        Path program = Toolchain.DEFAULT.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(1000);
            Path metrics = mount.root().resolve("pgo/metrics");
            assertEquals(
                    "",
                    shell(mount)
                            .bash("promtool check metrics <\"$1\"", metrics)
                            .ok()
                            .output());
            String text = Files.readString(metrics);
            Map<?, ?> image = image(status(mount));
            for (String metric : List.of("functions", "counters", "nonzero_counters")) {
                String line =
                        "pgofs_image_" + metric + "{image=\"" + image.get("name") + "\"} " + image.get(metric) + ".0\n";
                assertTrue(text.contains(line), line + text);
            }
            assertTrue(text.contains("pgofs_attention 0.0\n"), text);
            assertTrue(text.contains("pgofs_live_segments{uid=\"0\"} 1.0\n"), text);

            String used = shell(mount)
                    .bash("df --output=used -B1 \"$1\" | tail -1", mount.segments())
                    .ok()
                    .output()
                    .strip();
            Map<?, ?> held = (Map<?, ?>) status(mount).get("directory");
            assertEquals(used, held.get("bytes").toString());
            assertTrue(Long.parseLong(used) > 0, used);
        }
    }

    @Test
    void shouldTellScriptsWhetherThereIsSomethingToLookAfter() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            String root = mount.root().toString();
            pgofs("status", "--exit-code", root).ok();
            pgofs("status", "--exit-code", "--json", root).ok();
            Path unseen = Files.writeString(mount.segments().resolve(".bad"), "this is no segment");
            Files.move(unseen, mount.segments().resolve("s-bad"));
            mount.reset(); // looks at the directory anew
            assertEquals(3, pgofs("status", "--exit-code", root).status());
            assertEquals(3, pgofs("status", "--exit-code", "--json", root).status());
            pgofs("status", root).ok();
        }
        assertEquals(1, pgofs("status", "--exit-code", directory.toString()).status());
    }

    /** The plain case is answered by the launcher, in the same words; what is not plain is left to Java. */
    @Test
    void shouldStartNoJavaToPrintWhatTheDaemonSays() throws Exception {
        Path java = Files.createDirectories(directory.resolve("home/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexit 99\n");
        Shell.in(directory).run("chmod", "+x", java.toString()).ok();
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("mnt"));
        try (PgofsMount mount = PgofsMount.start(directory)) {
            String root = mount.root().toString();
            assertEquals(directory.resolve("mnt").toString(), root);
            for (String words : List.of(
                    root, "mnt", "mnt/", root + " --exit-code", "--json " + root, "--json mnt", "--exit-code mnt")) {
                assertEquals(0, withoutJava(words).status(), words);
                assertEquals("", withoutJava(words).errors(), words);
                assertPrintedAlike(words);
            }
            for (String words : List.of(
                    "--json --exit-code mnt",
                    "--json --json mnt",
                    "link",
                    "./mnt",
                    "mnt mnt",
                    "segments",
                    "none",
                    "--jso mnt",
                    "--help",
                    "-h",
                    "@mnt",
                    "mnt --")) {
                assertEquals(99, withoutJava(words).status(), words);
            }
            Path unseen = Files.writeString(mount.segments().resolve(".bad"), "this is no segment");
            Files.move(unseen, mount.segments().resolve("s-bad"));
            mount.reset();
            assertEquals(3, withoutJava("--exit-code mnt").status());
            assertEquals(0, withoutJava("mnt").status());
            assertEquals(
                    "",
                    Shell.in(directory)
                            .bash("(\"$1\" status mnt && echo >done) 2>errors | :; cat errors done", Checkout.PGOFS)
                            .ok()
                            .output()
                            .strip());
            Shell.in(directory)
                    .run("chmod", "a+rx", ".", "home", "home/bin", "home/bin/java")
                    .ok();
            Shell shell = Shell.in(directory)
                    .with("JAVA_HOME", directory.resolve("home").toString());
            assertEquals(
                    99,
                    shell.bash("setpriv --reuid=12345 --clear-groups \"$1\" status \"$2\"", Checkout.PGOFS, root)
                            .status());
            String alone = "findmnt -rno TARGET -t fuse.pgofs | grep -vxF \"$2\" | xargs -rn1 umount -l; ";
            assertEquals(
                    0,
                    shell.run(
                                    "unshare",
                                    "-m",
                                    "bash",
                                    "-c",
                                    alone + "\"$1\" status",
                                    "-",
                                    Checkout.PGOFS.toString(),
                                    root)
                            .status());
            assertEquals(
                    99,
                    shell.run(
                                    "unshare",
                                    "-m",
                                    "bash",
                                    "-c",
                                    alone + "mkdir second; mount --bind \"$2\" second; \"$1\" status",
                                    "-",
                                    Checkout.PGOFS.toString(),
                                    root)
                            .status(),
                    "there are two places");
        }
        assertEquals(99, withoutJava("mnt").status(), "nothing is mounted");
    }

    /** Compares Java's answer with equal ones before and after it: the daemon may look at its directory in between. */
    private void assertPrintedAlike(String words) {
        AtomicReference<String> plain = new AtomicReference<>(withoutHeap(withoutJava(words)));
        AtomicReference<String> java = new AtomicReference<>();
        Await.until("two equal answers to status " + words, () -> {
            java.set(
                    withoutHeap(pgofs(("status " + words + " --").split(" ", 0)).ok()));
            String now = withoutHeap(withoutJava(words));
            return now.equals(plain.getAndSet(now));
        });
        assertEquals(java.get(), plain.get(), words);
    }

    private static String withoutHeap(Shell.Result result) {
        return result.output().replaceFirst("\"heap_bytes\" : \\d+", "");
    }

    private Shell.Result withoutJava(String words) {
        return Shell.in(directory)
                .with("JAVA_HOME", directory.resolve("home").toString())
                .bash("\"$1\" status " + words, Checkout.PGOFS);
    }

    private Shell.Result pgofs(String... words) {
        List<String> command = new ArrayList<>(List.of(Checkout.PGOFS.toString()));
        command.addAll(List.of(words));
        return Shell.in(directory).run(command.toArray(String[]::new));
    }

    private Shell shell(PgofsMount mount) {
        return Shell.in(mount.root().getParent());
    }

    @Test
    void shouldTellWhetherAProgramIsFit() {
        Path program = Toolchain.DEFAULT.worker(directory);
        String fit = doctor(program).ok().output();
        assertTrue(fit.contains("llvm-profdata"), fit);
        Path stock =
                Toolchain.DEFAULT.stock(directory.resolve("stock"), Checkout.SOURCES.resolve("c/worker.c"), "-pthread");
        assertEquals(1, doctor(stock).status());
        Path plain =
                Toolchain.DEFAULT.clang(directory.resolve("plain"), Checkout.SOURCES.resolve("c/worker.c"), "-pthread");
        assertEquals(1, doctor(plain).status());
    }

    private Shell.Result doctor(Path program) {
        return Shell.in(directory).run(Checkout.PGOFS.toString(), "doctor", program.toString());
    }

    private Map<?, ?> status(PgofsMount mount) throws Exception {
        String text = Shell.in(directory)
                .run(Checkout.PGOFS.toString(), "status", "--json", mount.root().toString())
                .ok()
                .output();
        return (Map<?, ?>) Json.parse(text);
    }
}
