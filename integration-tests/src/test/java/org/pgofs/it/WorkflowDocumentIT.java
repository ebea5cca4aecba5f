package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of the documents. */
final class WorkflowDocumentIT {
    @TempDir
    Path directory;

    @BeforeEach
    void readersPrograms() {
        Shell.in(directory)
                .bash(
                        "cp -r \"$1\"/* .; clang-14 load.c -o load;"
                                + "clang-14 -shared -fPIC -Wl,-soname,libwords.so.1 words/words.c -o libwords.so;"
                                + "clang-14 app.c -L. -lwords -o app; rm libwords.so",
                        Checkout.SOURCES.resolve("resources/workflow"))
                .ok();
    }

    @Test
    void shouldRunTheCommandsOfTheWorkflow() throws IOException {
        List<String> blocks = DocumentCommands.of(Checkout.ROOT.resolve("docs/workflow.md"), "");
        Shell.Result result = run(String.join("", blocks));

        assertEquals(3000, calls("day.profdata", "server.c:answer"));
        assertEquals(500, calls("night.profdata", "server.c:answer"));
        assertEquals(3500, calls("server.profdata", "server.c:answer"));
        assertEquals(100, calls("one.profdata", "server.c:answer"));
        assertEquals(100, calls("tool.profdata", "main.c:translate"));
        assertEquals(37, calls("words.profdata", directory.toRealPath() + "/words/words.c:is_letter"));
        assertTrue(result.output().contains("\n6\n4\n"), result.output());
        assertTrue(result.output().contains("greatest is 260000; since "), result.output());
        assertTrue(result.output().contains("overlap of counts         99."), result.output());
        assertTrue(result.output().contains("MC/DC Conditions"), result.output());
        String covered = Files.readString(directory.resolve("test.txt"), StandardCharsets.UTF_8);
        assertTrue(covered.matches("(?s).*\\| +10\\|[^\n]* void answer\\(.*"), covered);
        for (String optimised : List.of("tool/tool", "words-optimised/libwords.so")) {
            assertFalse(isInstrumented(optimised), optimised);
        }
    }

    @Test
    void shouldRunTheCommandsOfTheReadme() throws IOException {
        Shell.in(directory).bash("mv server program; mv program/server.c .").ok();
        StringBuilder script = new StringBuilder();
        for (String block : DocumentCommands.of(Checkout.ROOT.resolve("README.md"), "## Use it")) {
            script.append(block);
            // What the text around the blocks tells the reader to do.
            if (block.contains("./server &")) {
                script.append("./load 10\n");
            } else if (block.contains("> /mnt/pgofs/pgo/reset")) {
                script.append("./load 2000\n");
            }
        }
        Shell.Result result = run(script.toString());
        assertTrue(result.output().contains("server.c:words, max count = "), result.output());
        assertEquals(2000, calls("server.profdata", "server.c:answer"));
        assertTrue(result.output().contains("counts that are left      100.0 %"), result.output());
        assertFalse(isInstrumented("server-optimised"));
    }

    @Test
    void shouldRunTheCommandsForProgramsAsTheyAre() throws IOException {
        run(String.join("", DocumentCommands.of(Checkout.ROOT.resolve("docs/stock.md"), "")));
        assertEquals(500, calls("stock.profraw", "server/server.c:answer"));
        long translated = calls("yesterday.profraw", "tool/main.c:translate");
        assertEquals(translated, calls("again.profraw", "tool/main.c:translate"));
        assertEquals(3 * translated, calls("short.profraw", "tool/main.c:translate"));
    }

    @Test
    void shouldRunTheCommandsForRust() throws IOException {
        Shell.in(directory)
                .bash("cp -r tally/* .; LLVM_PROFILE_FILE=stock.profraw; export LLVM_PROFILE_FILE PATH=/usr/bin:$PATH;"
                        + "RUSTFLAGS=-Cprofile-generate cargo build -q --release --target-dir stock;"
                        + "stock/release/tally")
                .ok();
        String quiet = "export CARGO_TERM_QUIET=true PATH=${PATH/:/:/usr/bin:}; mkdir -p /mnt/pgofs\n";
        Shell.Result result =
                run(quiet + String.join("", DocumentCommands.of(Checkout.ROOT.resolve("docs/rust.md"), "")));
        assertTrue(result.output().contains("1 panic\n"), result.output());

        String all = tally("tally.profraw");
        assertEquals(tally("stock.profraw"), all);
        assertEquals(all, tally("tally.profdata"));
        assertTrue(all.contains("4seen Block counts: [30]\n"), all);
        assertTrue(all.contains("6refuse Block counts: [1]\n"), all);
        assertTrue(all.matches("(?s).*5count \\[ 0, \\S+Length\\S+, 30 ].*"), all);
        assertTrue(all.contains("5count Hash: ") && all.contains("7counted Hash: "), all);
        assertFalse(isInstrumented("target/x86_64-unknown-linux-gnu/release/tally"));
        assertEquals(all, tally("recorded.profdata"));
        assertTrue(Files.readString(directory.resolve("coverage.txt")).contains("main.rs"));
    }

    /** Each section builds the same project, and instruments what it says. */
    @Test
    void shouldRunTheCommandsForBuildSystems() throws IOException {
        run(String.join("", DocumentCommands.of(Checkout.ROOT.resolve("docs/build-systems.md"), "")));
        List<String> all = List.of("main", "note", "noted", "price");
        assertEquals(all, functions("pkg-config.profdata"));
        assertEquals(List.of("main", "price"), functions("make.profdata"));
        assertEquals(List.of("price"), functions("cmake.profdata"));
        assertEquals(List.of("price"), functions("meson.profdata"));
        assertEquals(all, functions("ccache.profdata"));
        assertEquals(all, functions("before.profdata"));
        for (String profile : List.of("pkg-config", "make", "cmake", "meson", "ccache", "before")) {
            assertEquals(100, calls(profile + ".profdata", "price"), profile);
        }
    }

    @Test
    void shouldRunTheCommandsWithoutRoot() throws IOException {
        run("PATH=$PWD/tool:$PATH\n"
                + String.join("", DocumentCommands.of(Checkout.ROOT.resolve("docs/rootless.md"), "")));
        assertTrue(calls("tool.profdata", "tool/main.c:translate") > 0);
        assertFalse(isInstrumented("tool/tool"));
    }

    @Test
    void shouldRunTheCommandsOfTheReport() throws IOException {
        String commands = String.join("", DocumentCommands.of(Checkout.ROOT.resolve("docs/report.md"), ""))
                .replace("2m", "2s");
        run(
                "mkdir /mnt/pgofs; pgofs mount /mnt/pgofs\npgofs cc -- clang-14 -O2 server/server.c -o ./srv; mv srv server/server\n"
                        + "server/server & ./load 2000\n"
                        + commands.replace("pgofs report --record", "pgofs report 2>watched --record")
                        + "pgofs umount\n");
        for (String page : List.of("report.html", "server.html", "change.html")) {
            assertTrue(Files.readString(directory.resolve(page)).contains("server.c"), page);
        }
    }

    /** In a directory that is not the machine's. */
    @Test
    void shouldRunTheCommandsOfMonitoring() throws IOException {
        Path document = Checkout.ROOT.resolve("docs/monitoring.md");
        String commands = String.join("", DocumentCommands.of(document, ""))
                .replace("/var/lib/prometheus/node-exporter", "/run/collected");
        run("mkdir /mnt/pgofs /run/collected\npgofs mount /mnt/pgofs\n" + commands
                + "promtool check metrics </run/collected/pgofs.prom\npgofs umount\n");

        String rules = Files.readString(document).replaceFirst("(?s).*```yaml\n(.*?)```.*", "$1");
        Files.writeString(directory.resolve("rules.yaml"), rules);
        Shell.Result checked = Shell.in(directory)
                .run("promtool", "check", "rules", "rules.yaml")
                .ok();
        assertTrue(checked.output().contains("SUCCESS: 3 rules found"), checked::output);
    }

    /**
     * What a profile has of the functions of tally, by their names without the numbers that cargo makes of the flags;
     * those of the standard library do some things by chance.
     */
    private String tally(String profile) {
        return Shell.in(directory)
                .bash(
                        "llvm-profdata-22 show --all-functions --counts --ic-targets \"$1\" | awk '"
                                + "/^  [^ ]/ { name = match($0, /_ZN5tally[0-9]+(count|seen|counted|refuse)17h/) ?"
                                + " substr($0, RSTART + 9, RLENGTH - 12) : \"\" }"
                                + "/^(    |\\t\\[)/ && name"
                                + " { gsub(/[^ ]*;|17h[0-9a-f]+E/, \"\"); $1 = $1; print name, $0 }' | sort",
                        profile)
                .ok()
                .output();
    }

    /** A reader wants no command to fail and no compiler to warn. */
    private Shell.Result run(String script) throws IOException {
        Shell.Result result = DocumentCommands.run(Shell.in(directory), script);
        List<String> complaints = result.errors()
                .lines()
                .filter(line -> !line.startsWith("+"))
                .filter(line -> !line.matches("pgofs: \\S+ has \\S+")) // of record, whose command prints
                .toList();
        assertEquals(List.of(), complaints);
        return result;
    }

    private List<String> functions(String profile) {
        return Profile.of(Toolchain.DEFAULT, directory.resolve(profile)).counts().keySet().stream()
                .sorted()
                .toList();
    }

    private long calls(String profile, String function) {
        return Profile.of(Toolchain.DEFAULT, directory.resolve(profile)).calls(function);
    }

    private boolean isInstrumented(String program) {
        return Shell.in(directory).run("readelf", "-SW", program).ok().output().contains("__llvm_prf_");
    }
}
