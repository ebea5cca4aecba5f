package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.daemon.live.LiveCounters;
import org.pgofs.profraw.RawProfileReader;

/** What {@code pgofs top} prints, and what it shows on a terminal, which is one of tmux. */
final class TopIT {
    private static final AtomicInteger SERVERS = new AtomicInteger();

    @TempDir
    Path directory;

    private Path program;

    @BeforeEach
    void build() {
        program = Toolchain.DEFAULT.worker(directory);
    }

    /** What it says of a function that is called all the time lies between what the program knows before and after. */
    @Test
    void shouldTellTheRateThatTheProgramHas() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            AtomicBoolean enough = new AtomicBoolean();
            AtomicLong calls = new AtomicLong();
            Thread load = new Thread(() -> {
                while (!enough.get()) {
                    try {
                        worker.work(10);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    calls.addAndGet(10);
                    // At most 1,000 calls a second.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                }
            });
            load.start();
            Await.until("there is a load", () -> calls.get() > 0);
            long before = calls.get();
            List<String> lines = top(mount, "--json", "-n", "3", "-d", "0.5", "worker14")
                    .ok()
                    .output()
                    .lines()
                    .toList();
            enough.set(true);
            load.join();

            assertEquals(3, lines.size());
            double last = -1;
            for (String line : lines) {
                Map<?, ?> view = (Map<?, ?>) Json.parse(line);
                Map<?, ?> row = row(view, "counted");
                double count = ((Number) row.get("count")).doubleValue();
                double counted = (Double) row.get("rate") * (Double) view.get("seconds");
                assertTrue(counted > 0, line);
                assertTrue(last == -1 ? count - counted > before - 1 : Math.abs(count - last - counted) < 1, line);
                last = count;
            }
            assertTrue(last <= calls.get(), last + " are more than " + calls);
        }
    }

    @Test
    void shouldTellWhatWasCounted() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            worker.work(100000);
            Map<?, ?> view = (Map<?, ?>) Json.parse(top(mount, "--json").ok().output());
            assertEquals(100000L, row(view, "counted").get("count"));
            assertEquals(0.0, ((Number) row(view, "counted").get("rate")).doubleValue());
            assertEquals(1L, view.get("processes"));
            assertTrue((Long) view.get("functions_of_99_percent") <= 3, view::toString);
            assertTrue((Long) view.get("functions_counting") < (Long) view.get("functions"), view::toString);
            assertFalse(view.containsKey("seconds_since_new_function"));

            String csv = top(mount, "--csv").ok().output();
            assertTrue(csv.startsWith("rate,count,share,cumulated,image,function\n"), csv);
            assertTrue(csv.matches("(?s).*\n0\\.000,100000,0\\.000,0\\.000,worker14-\\w+,counted\n.*"), csv);
            String text = top(mount, "--once").ok().output();
            assertTrue(text.contains("entries of functions and of blocks in them, not time"), text);
            assertTrue(text.matches("(?s).*\n +0\\.0 +100000 +0\\.00 +0\\.00  worker14-\\w+ +counted\n.*"), text);

            Shell.Result other = top(mount, "--once", "other");
            assertEquals(1, other.status());
            assertTrue(other.errors().startsWith("pgofs: there is no image other, but worker14-"), other.errors());
            Shell.Result noTerminal = top(mount);
            assertEquals(1, noTerminal.status());
            assertEquals("pgofs: this is no terminal: use --once, --json or --csv\n", noTerminal.errors());
            for (String wrong : List.of("-d 0", "-d NaN", "-n 0 --json", "--json --csv", "--once -n 2")) {
                Shell.Result result = top(mount, wrong.split(" ", 0));
                assertEquals(2, result.status(), wrong);
                assertEquals(1, result.errors().lines().count(), result.errors());
            }
        }
    }

    /** What it reads every second has the counters of the raw profiles, however it is read, and nothing else. */
    @Test
    void shouldReadTheCountersAlone() throws Exception {
        Path source = Checkout.SOURCES.resolve("c/worker.c");
        Path covered = Toolchain.DEFAULT.clang(
                directory.resolve("covered"),
                Stream.concat(
                                Stream.of(
                                        source,
                                        "-pthread",
                                        "-fprofile-generate",
                                        "-mllvm",
                                        "-pgo-function-entry-coverage"),
                                Toolchain.DEFAULT.runtime().stream())
                        .toArray());
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker plain = Worker.start(mount.shell(), program);
                Worker second = Worker.start(mount.shell(), program);
                Worker other = Worker.start(mount.shell(), covered)) {
            for (Worker worker : List.of(plain, second, other)) {
                worker.work(300);
            }
            Path pgo = mount.root().resolve("pgo");
            assertEquals(
                    "",
                    Shell.in(directory)
                            .bash("ls -A " + pgo + " | grep '^[.]' || :")
                            .output());
            byte[] all = Files.readAllBytes(pgo.resolve(".counters"));
            assertEquals(all.length, Files.size(pgo.resolve(".counters")));
            Path pieces = directory.resolve("pieces");
            Shell.in(directory)
                    .bash("dd if=" + pgo + "/.counters of=" + pieces + " bs=13 status=none")
                    .ok();
            assertArrayEquals(all, Files.readAllBytes(pieces));

            List<LiveCounters> images = LiveCounters.parse(ByteBuffer.wrap(all));
            assertEquals(
                    List.of(1, 2), images.stream().map(LiveCounters::processes).toList());
            for (LiveCounters image : images) {
                Path own = pgo.resolve("images").resolve(image.name());
                ByteBuffer raw = ByteBuffer.wrap(Files.readAllBytes(own.resolve("profraw")))
                        .order(ByteOrder.LITTLE_ENDIAN);
                assertEquals(RawProfileReader.readAll(raw).get(0).counters(), image.counters(), image.name());
                assertEquals(
                        List.of(image),
                        LiveCounters.parse(ByteBuffer.wrap(Files.readAllBytes(own.resolve(".counters")))));
            }
            Map<?, ?> view = (Map<?, ?>) Json.parse(top(mount, "--json").ok().output());
            assertEquals(3L, view.get("processes"));
            assertEquals(2L, view.get("images"));
            for (String image : List.of("worker14", "covered")) {
                Map<?, ?> one =
                        (Map<?, ?>) Json.parse(top(mount, "--json", image).ok().output());
                assertEquals(
                        image.equals("covered") ? 1L : 600L, row(one, "counted").get("count"), image);
            }
            assertEquals(
                    1,
                    Shell.in(directory)
                            .bash("setpriv --reuid=12345 --clear-groups cat " + pgo + "/.counters")
                            .status());
        }
    }

    @Test
    void shouldShowTheSourceOfAFunction() throws Exception {
        Path source = Checkout.SOURCES.resolve("c/worker.c");
        Path debug = Toolchain.DEFAULT.instrumented(directory.resolve("debug"), source, "-pthread", "-g");
        Path covered = Toolchain.DEFAULT.clang(
                directory.resolve("covered"),
                Stream.concat(
                                Stream.of(source, "-pthread", "-fprofile-instr-generate", "-fcoverage-mapping"),
                                Toolchain.DEFAULT.runtime().stream())
                        .toArray());
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker plain = Worker.start(mount.shell(), program);
                Worker withDebugInfo = Worker.start(mount.shell(), debug);
                Worker withMapping = Worker.start(mount.shell(), covered)) {
            for (Worker worker : List.of(plain, withDebugInfo, withMapping)) {
                worker.work(5000);
            }
            for (Map.Entry<String, String> image : Map.of(
                            "worker14", "(?s).*no source lines: the program has no debug info: build it with -g\n.*",
                            "debug", "(?s).*/counted\\.h:\\d+:\\d+\n.*: .*\\bcounted\\(.*",
                            "covered", "(?s).*\\d+\\| +5\\.00k\\|.*\\bcounted\\(.*")
                    .entrySet()) {
                try (Tmux tmux = new Tmux(120, 60)) {
                    tmux.start("exec " + Checkout.PGOFS + " top -d 0.5 " + image.getKey() + " " + mount.root());
                    tmux.await("the first view", screen -> screen.contains("FUNCTION"));
                    tmux.type("/");
                    tmux.type("counted", "Enter");
                    tmux.await("one function", screen -> screen.contains("only what contains counted"));
                    tmux.type("Enter");
                    tmux.await("its source", screen -> screen.matches(image.getValue()));
                }
            }
        }
    }

    @Test
    void shouldDoWhatKeysSay() throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program);
                Tmux tmux = new Tmux(50, 20)) {
            worker.work(5000);
            tmux.start("exec " + Checkout.PGOFS + " top -d 0.5 " + mount.root());
            tmux.await("the first view", screen -> screen.contains("COUNTS/s") && !screen.contains("FUNCTION"));
            tmux.resize(120, 30);
            tmux.await("the wider view", screen -> screen.contains("FUNCTION"));
            assertTrue(tmux.styled().contains("\33[7m"), "the chosen row is inverse");
            worker.work(1000);
            tmux.await("the count", screen -> screen.matches("(?s).* 6000 .* counted\n.*"));

            tmux.type("h");
            tmux.await("help", screen -> screen.contains("this page"));
            tmux.type("h");
            tmux.type("/");
            tmux.type("countedx", "BSpace");
            tmux.await("what is typed", screen -> screen.contains("show only: counted_"));
            tmux.type("Enter");
            tmux.await(
                    "one function",
                    screen -> screen.contains("only what contains counted")
                            && screen.contains(" counted\n")
                            && !screen.contains(" main\n"));
            tmux.type("s");
            tmux.await("another order", screen -> screen.contains("; by counts\n"));
            tmux.type("f");
            tmux.await("no more views", screen -> screen.contains("frozen"));
            tmux.type("f", "Enter");
            tmux.await("the function", screen -> screen.contains("1 counters\n     0             6000\n"));
            tmux.type("q");
            tmux.await("the table again", screen -> screen.contains("FUNCTION"));
            tmux.type("z", "n");
            tmux.await("no question", screen -> screen.contains("; by counts\n"));
            assertEquals(6000, mount.profile(Toolchain.DEFAULT).calls("counted"));
            tmux.type("z");
            tmux.await("a question", screen -> screen.contains("for everybody? y or n"));
            // A question waits for its answer, however often the clock ticks meanwhile.
            for (int i = 0; i < 5; i++) {
                String earlier = tmux.screen()
                        .lines()
                        .filter(line -> line.contains("nothing new for"))
                        .findFirst()
                        .orElseThrow();
                tmux.await("the next view", screen -> !screen.contains(earlier));
            }
            tmux.type("y");
            tmux.await("an answer", screen -> screen.contains("the counts were set to zero"));
            assertEquals(0, mount.profile(Toolchain.DEFAULT).calls("counted"));
            worker.work(7);
            tmux.await("new counts", screen -> screen.matches("(?s).* 7 .* counted\n.*"));
        }
    }

    /** Whatever ends it. */
    @ParameterizedTest
    @ValueSource(strings = {"q", "C-c", "TERM", "-n"})
    void shouldGiveTheTerminalBack(String end) throws Exception {
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program);
                Tmux tmux = new Tmux(120, 30)) {
            worker.work(5);
            tmux.start("stty -a >before; echo what was there; NO_COLOR=1 " + Checkout.PGOFS + " top "
                    + (end.equals("-n") ? "-n 2 " : "") + mount.root()
                    + "; echo ended with $?; stty -a >after; cat");
            tmux.await("a view", screen -> screen.contains(" counted\n"));
            assertFalse(tmux.styled().contains("\33["), "NO_COLOR");
            assertFalse(tmux.screen().contains("what was there"));
            if (end.equals("TERM")) {
                Shell.in(directory)
                        .bash("pkill -TERM -P $(tmux -S " + tmux.socket + " display -p '#{pane_pid}') pgofs")
                        .ok();
            } else if (!end.equals("-n")) {
                tmux.type(end);
            }
            String status =
                    Map.of("q", "0", "C-c", "130", "TERM", "143", "-n", "0").get(end);
            tmux.await("its end", screen -> screen.contains("what was there\nended with " + status + "\n"));
            tmux.type("hello", "Enter");
            tmux.await("an echo", screen -> screen.contains("\nhello\nhello\n"));
            assertEquals(Files.readString(directory.resolve("before")), Files.readString(directory.resolve("after")));
        }
    }

    private static Map<?, ?> row(Map<?, ?> view, String function) {
        return ((List<?>) view.get("rows"))
                .stream()
                        .map(row -> (Map<?, ?>) row)
                        .filter(row -> row.get("function").equals(function))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no " + function + " in " + view));
    }

    private Shell.Result top(PgofsMount mount, String... words) {
        String[] command = new String[words.length + 3];
        command[0] = Checkout.PGOFS.toString();
        command[1] = "top";
        System.arraycopy(words, 0, command, 2, words.length);
        command[command.length - 1] = mount.root().toString();
        return Shell.in(directory).run(command);
    }

    /** A terminal of its own, of a server of its own. */
    private final class Tmux implements AutoCloseable {
        // A server that is told to end has its socket for a moment longer.
        private final String socket = "tmux-" + SERVERS.incrementAndGet();
        private final int columns;
        private final int rows;

        Tmux(int columns, int rows) {
            this.columns = columns;
            this.rows = rows;
        }

        void start(String script) {
            tmux("new-session", "-d", "-x", "" + columns, "-y", "" + rows, "bash", "-c", script);
        }

        void resize(int newColumns, int newRows) {
            tmux("resize-window", "-x", "" + newColumns, "-y", "" + newRows);
        }

        void type(String... keys) {
            for (String key : keys) {
                tmux("send-keys", key);
            }
        }

        String screen() {
            return tmux("capture-pane", "-p").output();
        }

        String styled() {
            return tmux("capture-pane", "-p", "-e").output();
        }

        void await(String what, Predicate<String> condition) throws Exception {
            try {
                Await.until(what, () -> condition.test(screen()));
            } catch (AssertionError e) {
                throw new AssertionError(what + " on\n" + screen(), e);
            }
        }

        private Shell.Result tmux(String... words) {
            String[] command = new String[words.length + 5];
            System.arraycopy(new String[] {"tmux", "-S", socket, "-f", "/dev/null"}, 0, command, 0, 5);
            System.arraycopy(words, 0, command, 5, words.length);
            return Shell.in(directory).run(command).ok();
        }

        @Override
        public void close() {
            Shell.in(directory).run("tmux", "-S", socket, "kill-server");
        }
    }
}
