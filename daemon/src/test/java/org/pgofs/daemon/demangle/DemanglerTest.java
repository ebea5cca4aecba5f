package org.pgofs.daemon.demangle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DemanglerTest {
    private static final int NAMES = 3000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "main | main",
                "_Z3addii | add(int, int)",
                "_ZN1AC2ERKS_ | A::A(A const&)",
                "_Z5applyIiEvPFT_S0_E | void apply<int>(int (*)(int))",
                "_ZNSt6vectorIiSaIiEE9push_backERKi | std::vector<int, std::allocator<int>>::push_back(int const&)",
                "_ZZ4mainENKUlvE_clEv | main::'lambda'()::operator()() const",
                "_Z3fooi.cold | foo(int) .cold",
                "_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE | core::fmt::Write::write_fmt",
                "_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$3bar17h930b740aa94f1d3aE"
                        + "| <Test + 'static as foo::Bar<Test>>::bar",
                "_RNvC6_123foo3bar | 123foo::bar",
                "_RNvMsr_NtCs3ssYzQotkvD_3std4pathNtB5_7PathBuf3newCs15kBYyAo9fc_7mycrate | <std::path::PathBuf>::new",
                "_RNCNvCsf_7mycrate4main0 | mycrate::main::{closure#0}",
                "_RNvC7mycrateu8gdel_5qa | mycrate::g\u00f6del",
                "_Z | _Z",
                "_Z3ad | _Z3ad",
                "_R | _R"
            })
    void shouldReadNames(String mangled, String readable) {
        assertEquals(readable, Demangler.readable(mangled));
    }

    /** What is understood is what LLVM makes of it, and nearly all is. */
    @ParameterizedTest
    @CsvSource({"libstdc++.so.6, ^_Z", "librustc_driver, ^_R"})
    void shouldReadTheNamesOfLibrariesAsLlvmDoes(String library, String form) throws Exception {
        List<String> names = names(library, form);
        Path file = Files.write(directory.resolve("names"), names);
        List<String> wanted = run("llvm-cxxfilt-22 <\"$0\"", file.toString());
        assertEquals(names.size(), wanted.size());
        int understood = 0;
        for (int i = 0; i < names.size(); i++) {
            String readable = Demangler.readable(names.get(i));
            if (!readable.equals(names.get(i))) {
                understood++;
                assertEquals(wanted.get(i), readable, names.get(i));
            }
        }
        assertTrue(understood > names.size() * 95 / 100, understood + " of " + names.size());
    }

    /** Names come from programs, and may be anything. */
    @Test
    void shouldReadAnyNameWithoutHarm() throws Exception {
        Random random = new Random(1);
        List<String> names = names("libstdc++.so.6", "^_Z");
        names.addAll(names("librustc_driver", "^_R"));
        int changed = 0;
        for (String name : names) {
            StringBuilder other = new StringBuilder(name);
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = 2 + random.nextInt(name.length() - 2);
                other.setCharAt(at, name.charAt(random.nextInt(name.length())));
            }
            String text = other.substring(0, 2 + random.nextInt(name.length() - 1));
            changed += Demangler.readable(text).equals(text) ? 0 : 1;
        }
        assertNotEquals(0, changed);
        String deep = "_Z1f" + "P".repeat(100_000) + "i";
        assertEquals(deep, Demangler.readable(deep));
        // Each type refers twice to the one before.
        StringBuilder large = new StringBuilder("_Z1f1aIiiE");
        for (int i = 0; i < 30; i++) {
            String last = "S" + Integer.toString(2 * i, 36).toUpperCase(Locale.ROOT) + "_";
            large.append("1aI").append(last).append(last).append('E');
        }
        assertEquals(large.toString(), Demangler.readable(large.toString()));
    }

    private static List<String> names(String library, String form) throws Exception {
        List<String> all = run(
                "nm -D --defined-only $(ls -d /usr/lib/*-linux-gnu/\"$0\"* | head -1) | awk '$2 ~ /[TtWw]/ { print $3 }' |"
                        + " sed 's/@.*//' | grep -E \"$1\" | sort -u",
                library,
                form);
        assertTrue(all.size() > NAMES, library);
        List<String> some = new ArrayList<>();
        for (int i = 0; i < NAMES; i++) {
            some.add(all.get((int) ((long) i * all.size() / NAMES)));
        }
        return some;
    }

    private static List<String> run(String script, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", "-c", script));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        return output.lines().toList();
    }
}
