package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pgofs collect}, {@code check} and {@code compare}. */
final class CollectIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;

    @TempDir
    Path directory;

    @Test
    void shouldCollectInEveryForm() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            Shell.Result nothing = pgofs(mount, "collect", "other");
            assertEquals(1, nothing.status());
            assertTrue(
                    nothing.errors().startsWith("pgofs: there is no image of other; there are worker14-"),
                    "" + nothing);

            worker.work(70);
            Shell.Result collected = pgofs(mount, "collect");
            assertEquals(0, collected.status(), collected.errors());
            assertTrue(
                    collected
                            .output()
                            .matches(
                                    "worker14-\\p{XDigit}{8}: 1 process, 1 of them live; \\d+ of \\d+ functions have"
                                            + " counts, the greatest is \\d+; since 20\\S+Z; indexed version 7\n.*/worker14.profdata\n"),
                    collected.output());
            Path profile = directory.resolve("worker14.profdata");
            assertEquals(70, Profile.of(TOOLCHAIN, profile).calls("counted"));

            collect(mount, 0, "worker14", "-o", "a.profraw", "--format", "profraw");
            collect(mount, 0, Long.toString(worker.pid()), "-o", "a.proftext", "--format", "text");
            assertEquals(merged("worker14.profdata"), merged("a.profraw"));
            assertEquals(merged("worker14.profdata"), merged("a.proftext"));

            collect(mount, 0, "worker14", "-o", "taken.profdata", "--take");
            assertEquals(
                    70,
                    Profile.of(TOOLCHAIN, directory.resolve("taken.profdata")).calls("counted"));
            assertEquals(merged("worker14.profdata"), merged("taken.profdata"));
            String empty = collect(mount, 1, "worker14", "-o", "none").errors();
            assertTrue(empty.contains(" has counted nothing since 20"), empty);
            assertFalse(Files.exists(directory.resolve("none")));

            worker.work(1);
            String thin = collect(mount, 1, "worker14", "-o", "thin").errors();
            assertTrue(thin.contains(" is thin: its greatest count is "), thin);
            assertTrue(Files.exists(directory.resolve("thin")));
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.toString().contains("unfinished")).toList());
        }
    }

    @Test
    void shouldCollectForOtherTools() throws Exception {
        Shell.in(directory)
                .bash(
                        "cp -r \"$1\"/* .; \"$2\" cc -- clang-14 -O2 main.c parts/shelf.c -o shop;"
                                + "\"$2\" cc -- clang-14 -fprofile-instr-generate -fcoverage-mapping main.c parts/shelf.c -o covered",
                        Checkout.SOURCES.resolve("resources/report/shop"),
                        Checkout.PGOFS)
                .ok();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run("./shop", "1000").ok();
            mount.shell().run("./covered", "50").ok();
            collect(mount, 0, "shop");
            String image =
                    collect(mount, 0, "shop", "--format", "collapsed").output().replaceFirst("(?s):.*", "");
            Profile profile = Profile.of(TOOLCHAIN, directory.resolve("shop.profdata"));
            List<String> stacks = Files.readAllLines(directory.resolve("shop.collapsed"));
            assertEquals(6, stacks.size(), "functions that ran");
            assertTrue(
                    stacks.contains(image + ";parts;shelf.c;search " + sum(profile, "parts/shelf.c:search")),
                    "" + stacks);
            assertTrue(stacks.contains(image + ";main.c;main " + sum(profile, "main")), "" + stacks);

            collect(mount, 0, "shop", "--format", "pprof");
            String top = Shell.in(directory)
                    .run("go", "tool", "pprof", "-raw", "shop.pb.gz")
                    .ok()
                    .output();
            assertTrue(top.contains("counts/count\n"), top);
            String location = number(top, "(\\d+): 0x0 M=1 search parts/shelf.c:0");
            assertEquals(sum(profile, "parts/shelf.c:search"), number(top, "(\\d+): " + location + " \n"));

            assertTrue(collect(mount, 1, "shop", "--format", "lcov").errors().contains(" has no coverage: "));
            assertTrue(collect(mount, 1, "covered", "--format", "lcov", "--take")
                    .errors()
                    .contains(": give its file by --program\n"));
            collect(mount, 0, "covered", "--format", "lcov", "--program", "./covered");
            String lines = Files.readString(directory.resolve("covered.lcov"));
            assertTrue(lines.contains("FNDA:50,main.c:fill\n"), lines);
            assertEquals("50", number(lines, "\nDA:14,(\\d+)"), "memcpy");
            assertTrue(collect(mount, 1, "covered", "--format", "lcov", "--program", "./shop")
                    .errors()
                    .matches("pgofs: [^\n]*llvm-cov[^\n]+\n"));

            Process running = mount.shell().command("./covered", "2000000000").start();
            try {
                Await.until(
                        "the program is known", () -> mount.status().toString().contains("program=" + directory));
                collect(mount, 0, "covered", "--format", "lcov");
                Shell.in(directory).run("chmod", "o+w", "covered").ok();
                String others = collect(mount, 1, "covered", "--format", "lcov").errors();
                assertTrue(others.startsWith("pgofs: others than you can change "), others);
            } finally {
                running.destroyForcibly();
            }
        }
    }

    private static String sum(Profile profile, String function) {
        return ""
                + profile.counts().get(function).get(0).stream()
                        .mapToLong(Long::longValue)
                        .sum();
    }

    /** Between the making and the opening of a file, the owner of a directory could lay a link there. */
    @Test
    void shouldOpenTheFileThatItMakes() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().bash("echo work 50 | \"$1\"", program).ok();
            mount.shell()
                    .run(
                            "strace",
                            "-f",
                            "-qq",
                            "-e",
                            "trace=openat",
                            "-e",
                            "signal=none",
                            "-o",
                            directory.resolve("calls").toString(),
                            Checkout.PGOFS.toString(),
                            "collect",
                            "-o",
                            directory.resolve("traced").toString())
                    .ok();
        }
        List<String> opens = Files.readAllLines(directory.resolve("calls")).stream()
                .filter(call -> call.contains(".unfinished\""))
                .toList();
        assertEquals(1, opens.size(), () -> "" + opens);
        assertTrue(opens.get(0).contains("O_EXCL"), opens.get(0));
    }

    @Test
    void shouldTakeTheNewestBuildAndAskWhereThereAreSeveralPrograms() throws Exception {
        Path old = TOOLCHAIN.worker(directory);
        Path kept = Files.createDirectory(directory.resolve("kept"));
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().bash("echo work 50 | \"$1\"", old).ok();
            Files.size(mount.profraw()); // it is seen
            waitForTheNextSecond();
            Files.move(old, kept.resolve("worker14"));
            TOOLCHAIN.instrumented(
                    old, Checkout.SOURCES.resolve("c/worker.c"), "-pthread", "-DNEWER", "-Wl,--build-id=0x77");
            mount.shell().bash("echo work 60 | \"$1\"", old).ok();
            assertTrue(collect(mount, 0, "-o", "new.profdata").output().startsWith("worker14-77: "));

            Path other = TOOLCHAIN.instrumented(
                    directory.resolve("other"),
                    Checkout.SOURCES.resolve("c/worker.c"),
                    "-pthread",
                    "-Wl,--build-id=0x88");
            mount.shell().bash("echo work 60 | \"$1\"", other).ok();
            String several = collect(mount, 1).errors();
            assertEquals("pgofs: several programs have counts, name one: other, worker14\n", several);
        }
    }

    /** Times of images are kept to the second. */
    private static void waitForTheNextSecond() {
        long begin = System.currentTimeMillis() / 1000;
        Await.until("the next second", () -> System.currentTimeMillis() / 1000 > begin);
    }

    @Test
    void shouldCompareAsLlvmProfdataDoesAndCheckAProgram() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(100);
            collect(mount, 0, "worker14", "-o", "a.profdata", "--take");
            worker.work(40);
            worker.tell("fork 30");
            collect(mount, 0, "worker14", "-o", "b.profraw", "--format", "profraw");

            String compared =
                    pgofs(mount, "compare", "a.profdata", "b.profraw").ok().output();
            String overlap = Shell.in(directory)
                    .run(TOOLCHAIN.profdata(), "overlap", "a.profdata", "b.profraw")
                    .ok()
                    .output();
            assertEquals(
                    number(overlap, "Edge profile overlap: (\\S+)%"), number(compared, "overlap of counts +(\\S+)%"));
            assertEquals(number(overlap, "functions overlap: (\\d+)"), number(compared, "functions in both +(\\d+)"));
            assertEquals(number(overlap, "base count sum: (\\d+)"), number(compared, "sum of counts +(\\d+) in A"));
            assertEquals(
                    compared,
                    pgofs(mount, "compare", "a.profdata", "worker14").ok().output(),
                    "with what is served");

            String checked =
                    pgofs(mount, "check", "a.profdata", "./worker14").ok().output();
            assertEquals("100.0", number(checked, "counts that are left +(\\S+) %"));
            assertEquals(
                    checked,
                    pgofs(mount, "check", "a.profdata", image(mount)).ok().output(),
                    "by its image");
        }
    }

    @Test
    void shouldSayWhatAChangeOfTheSourceCosts() throws Exception {
        Path source = directory.resolve("program.c");
        Files.writeString(source, source(""));
        Path program = TOOLCHAIN.instrumented(directory.resolve("program"), source);
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run(program.toString()).ok();
            collect(mount, 0, "program");
            Files.writeString(source, source("if (i & 2) i = i * 3;"));
            TOOLCHAIN.instrumented(directory.resolve("changed"), source);
            Shell.Result checked = pgofs(mount, "check", "program.profdata", "./changed");
            assertEquals(1, checked.status(), checked.output());
            assertEquals("1", number(checked.output(), "changed since +(\\d+),"));
            assertTrue(checked.output().matches("(?s).*\n +\\d+\\.\\d %  hot\n.*"), checked.output());

            for (List<String> wrong : List.of(
                    List.of("check", "program.c", "./program"),
                    List.of("check", "program.profdata", "./program.c"),
                    List.of("check", "absent", "./program"),
                    List.of("compare", "program.profdata", "./program"),
                    List.of("collect", "program", "-o", directory.toString()),
                    List.of("collect", "program", "-o", directory + "/absent/file"))) {
                Shell.Result refused = pgofs(mount, wrong.toArray(String[]::new));
                assertEquals(1, refused.status(), wrong + refused.errors());
                assertTrue(refused.errors().matches("pgofs: [^\n]+\n"), refused.errors());
            }
            assertEquals(2, pgofs(mount, "collect", "--format", "x").status());
        }
    }

    private static String source(String change) {
        return "volatile int sum;\n"
                + "__attribute__((noinline)) void hot(int i) { " + change + " if (i & 1) sum += i; else sum -= 2; }\n"
                + "int main(void) { for (int i = 0; i < 1000; i++) hot(i); return 0; }\n";
    }

    private Shell.Result collect(PgofsMount mount, int status, String... arguments) {
        Shell.Result result = pgofs(
                mount, Stream.concat(Stream.of("collect"), Stream.of(arguments)).toArray(String[]::new));
        assertEquals(status, result.status(), result.errors());
        return result;
    }

    /** Other tests have mounts too. */
    private Shell.Result pgofs(PgofsMount mount, String... arguments) {
        return Shell.in(directory)
                .run(Stream.of(
                                Stream.of(
                                        Checkout.PGOFS.toString(),
                                        arguments[0],
                                        "--mount",
                                        mount.root().toString()),
                                Stream.of(arguments).skip(1))
                        .flatMap(words -> words)
                        .toArray(String[]::new));
    }

    private String merged(String profile) throws IOException {
        Shell.in(directory)
                .run(TOOLCHAIN.profdata(), "merge", "--text", "-o", "merged", profile)
                .ok();
        return Files.readString(directory.resolve("merged"));
    }

    private static String image(PgofsMount mount) throws IOException {
        try (Stream<Path> images = Files.list(mount.root().resolve("pgo/images"))) {
            return images.findFirst().orElseThrow().getFileName().toString();
        }
    }

    private static String number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertTrue(matcher.find(), pattern + " in " + text);
        return matcher.group(1);
    }
}
