package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a program reads, it gets a whole profile with all values; and a take takes away what it got. */
final class ReadersIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final String OWN = "./reader %s \"$1/$2\" \"$3\"";

    /** Scripts that copy the file $2 of the directory $1 to $3. */
    private static final List<String> READERS = List.of(
            "cat \"$1/$2\" >\"$3\"",
            "cp \"$1/$2\" \"$3\"",
            "cp -a \"$1/$2\" \"$3\"",
            "dd if=\"$1/$2\" of=\"$3\" bs=100 status=none",
            "tar -C \"$1\" -c \"$2\" | tar -xO >\"$3\"",
            "(cd \"$1\"; echo \"$2\" | cpio -o --quiet) >archive; cpio -i --quiet --to-stdout <archive >\"$3\"",
            "rsync -a \"$1/$2\" \"$3\"",
            "busybox cat \"$1/$2\" >\"$3\"",
            "busybox cp \"$1/$2\" \"$3\"",
            "busybox tar -C \"$1\" -c -f - \"$2\" | tar -xO >\"$3\"",
            "node -e 'const fs = require(\"fs\"), [, from, to] = process.argv;"
                    + " fs.readFile(from, (e, data) => { if (e) throw e; fs.writeFileSync(to, data); })' \"$1/$2\" \"$3\"",
            "node -e 'require(\"fs\").copyFileSync(...process.argv.slice(1))' \"$1/$2\" \"$3\"",
            "python3 -c 'import shutil, sys; shutil.copy(*sys.argv[1:])' \"$1/$2\" \"$3\"",
            "python3 -c 'import sys; open(sys.argv[2], \"wb\").write(open(sys.argv[1], \"rb\").read())' \"$1/$2\" \"$3\"",
            OWN.formatted("sendfile"),
            OWN.formatted("splice"),
            OWN.formatted("copy_file_range"),
            OWN.formatted("stat"),
            OWN.formatted("mmap"),
            OWN.formatted("threads"),
            OWN.formatted("io_uring"));

    /** Scripts that take a part of what is standard input. */
    private static final List<String> PARTLY = List.of(
            "head -c 100 >/dev/null",
            "dd bs=4096 count=2 of=/dev/null status=none",
            "python3 -c 'import os; os.sendfile(os.open(\"/dev/null\", os.O_WRONLY), 0, None, 8192)'",
            "python3 -c 'import mmap; mmap.mmap(0, 0, mmap.MAP_PRIVATE, mmap.PROT_READ)[:5000]'");

    private static final String STAT =
            "stat \"$1/profraw\" \"$1/pgo/profraw\" \"$1/pgo/take\" \"$1\"/pgo/images/*/{profraw,take}";

    /** Where the daemon is, seen from its readers. */
    enum Daemon {
        BESIDE_ITS_READERS("env --default-signal=INT,HUP"),
        /** Its readers have no process numbers there. */
        IN_A_PID_NAMESPACE("unshare --pid --fork --kill-child");

        private final String starter;

        Daemon(String starter) {
            this.starter = starter;
        }
    }

    @TempDir
    Path directory;

    private Path program;

    @BeforeEach
    void prepare() {
        TOOLCHAIN.clang(directory.resolve("reader"), "-pthread", Checkout.SOURCES.resolve("c/reader.c"));
        Path sources = Checkout.SOURCES.resolve("resources/linkmatrix");
        program = TOOLCHAIN.instrumented(
                directory.resolve("program"),
                sources.resolve("main.c"),
                sources.resolve("first.c"),
                sources.resolve("second.c"));
    }

    private PgofsMount start(Daemon daemon) throws IOException {
        PgofsMount mount = PgofsMount.prepare(directory);
        mount.startDaemonBy(List.of(daemon.starter.split(" ", -1)));
        return mount;
    }

    private static ProfileText text(Path profile) {
        String text = Shell.in(profile.getParent())
                .run(
                        TOOLCHAIN.profdata(),
                        "show",
                        "--all-functions",
                        "--counts",
                        "--ic-targets",
                        "--memop-sizes",
                        profile.toString())
                .ok()
                .output();
        return ProfileText.parse(text);
    }

    private Path read(PgofsMount mount, String reader, String file) throws IOException {
        Path copy = directory.resolve("read");
        Files.deleteIfExists(copy);
        Shell.in(directory)
                .bash(reader, mount.root().resolve("pgo"), file, copy)
                .ok();
        return copy;
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveEveryReaderAllCountsAndValues(Daemon daemon) throws Exception {
        try (PgofsMount mount = start(daemon)) {
            mount.shell().run(program.toString()).ok();
            ProfileText expected = text(mount.copy());
            assertFalse(expected.values().isEmpty(), "the program has values");
            List<String> wrong = new ArrayList<>();
            for (String reader : READERS) {
                if (!expected.equals(text(read(mount, reader, "profraw")))) {
                    wrong.add(reader);
                }
            }
            assertEquals(List.of(), wrong);
        }
    }

    @Test
    void shouldGiveEveryReaderTheSameIndexedProfile() throws Exception {
        try (PgofsMount mount = start(Daemon.BESIDE_ITS_READERS)) {
            mount.shell().run(program.toString()).ok();
            Path first = read(mount, READERS.get(0), "profdata");
            ProfileText raw = text(mount.copy());
            assertEquals(raw.functions(), text(first).functions());
            byte[] expected = Files.readAllBytes(first);
            List<String> wrong = new ArrayList<>();
            for (String reader : READERS) {
                if (!Arrays.equals(expected, Files.readAllBytes(read(mount, reader, "profdata")))) {
                    wrong.add(reader);
                }
            }
            assertEquals(List.of(), wrong);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeAwayWhatTheReaderGot(Daemon daemon) throws Exception {
        try (PgofsMount mount = start(daemon)) {
            for (String reader : READERS) {
                mount.shell().run(program.toString()).ok();
                ProfileText expected = text(mount.copy());
                Path taken = read(mount, reader, "take");
                assertEquals(expected, text(taken), reader);
                assertArrayEquals(
                        Files.readAllBytes(taken),
                        Files.readAllBytes(mount.root().resolve("pgo/last-take")),
                        reader);
                assertEquals(0, Files.size(mount.profraw()), "left by " + reader);
            }
        }
    }

    @Test
    void shouldTakeNothingFromAReaderThatStops() throws Exception {
        try (PgofsMount mount = start(Daemon.BESIDE_ITS_READERS)) {
            mount.shell().run(program.toString()).ok();
            ProfileText expected = text(mount.copy());
            Path take = mount.root().resolve("pgo/take");
            assertTrue(Files.size(take) > 3 * 4096, "more than is read at once");
            for (String reader : PARTLY) {
                mount.shell().bash("exec <\"$1\"; " + reader, take).ok();
                Await.until(
                        "no take is in progress",
                        () -> mount.shell().bash("exec 3<\"$1\"", take).status() == 0);
                assertEquals(expected, text(mount.copy()), reader);
            }
            assertEquals(expected, text(read(mount, READERS.get(0), "take")));
        }
    }

    /** The kernel keeps pages of what was read by sendfile; they are no one else's. */
    @Test
    void shouldGiveEachReaderBySendfileItsOwnMoment() throws Exception {
        try (PgofsMount mount = start(Daemon.BESIDE_ITS_READERS)) {
            mount.shell().run(program.toString()).ok();
            mount.shell()
                    .bash(
                            "exec 3<\"$1/profraw\" 4<\"$1/profraw\"; busybox cat <&3 >first; \"$2\"; busybox cat <&4 >second",
                            mount.root().resolve("pgo"),
                            program)
                    .ok();
            ProfileText first = text(directory.resolve("first"));
            ProfileText second = text(directory.resolve("second"));
            assertEquals(text(mount.copy()), second);
            assertFalse(first.functions().equals(second.functions()), "the program had run again");
        }
    }

    /** What a stat tells is made of numbers in memory, however many processes there are. */
    @Test
    void shouldReadNoSegmentToTellASize() throws Exception {
        Path worker = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = start(Daemon.BESIDE_ITS_READERS);
                Worker first = Worker.start(mount.shell(), worker);
                Worker second = Worker.start(mount.shell(), worker)) {
            first.work(1);
            second.work(1);
            // The first time it reads values.
            mount.shell().bash(STAT, mount.root()).ok();
            Path trace = directory.resolve("trace");
            Process strace = mount.shell()
                    .command(
                            "strace",
                            "-f",
                            "-y",
                            "-e",
                            "trace=pread64",
                            "-o",
                            trace.toString(),
                            "-p",
                            String.valueOf(daemonPid(mount)))
                    .start();
            try {
                // It says so when it is attached.
                assertTrue(strace.getErrorStream().read() > 0);
                for (int i = 0; i < 5; i++) {
                    mount.shell().bash(STAT, mount.root()).ok();
                }
                assertEquals(0, readsOfSegments(trace), "to tell sizes");
                mount.copy();
                Await.until("the trace shows reads of segments", () -> readsOfSegments(trace) > 0);
            } finally {
                strace.destroy();
                strace.waitFor();
            }
        }
    }

    private static long daemonPid(PgofsMount mount) throws IOException {
        return Long.parseLong(
                Files.readAllLines(mount.root().resolve("pgo/.daemon")).get(0));
    }

    private static long readsOfSegments(Path trace) {
        try (Stream<String> lines = Files.lines(trace)) {
            return lines.filter(line -> line.contains("/s-")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
