package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code pgofs cc} makes of command lines. In these, $CC and $CXX are the compilers, run by it. */
final class CompilerWrapperIT {
    private static final String WRAPPER = Checkout.PGOFS + " cc -- ";

    @TempDir
    static Path shared;

    @TempDir
    Path directory;

    private static PgofsMount mount;

    @BeforeAll
    static void mount() throws IOException {
        mount = PgofsMount.start(shared);
    }

    @AfterAll
    static void unmount() {
        mount.close();
    }

    @BeforeEach
    void sources() throws IOException {
        copySources(directory);
    }

    /** The program calls part() once, which is seen in the mount. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$CC main.c part.c -o program",
                "$CC -c main.c; $CC -O2 -c part.c; $CC main.o part.o -o program",
                "$CC main.c -c -o main.o; $CC main.o part.c -o program",
                "cat main.c part.c | $CC -x c - -o program",
                "$CC -Werror -o program -- main.c part.c",
                "$CC -MD -MF main.d -fprofile-update=atomic main.c part.c -o program",
                "$CC -S main.c -o assembly; $CC -c -x assembler assembly -o main.o; $CC main.o part.c -o program",
                "$CC -Werror main.c assembled.s part.c -o program",
                "echo '-c \"main.c\"' '-o main.o' >words; $CC @words; $CC part.c main.o -o program",
                "echo main.c part.c -o program >words; echo @words >more; $CC @more",
                "$CXX -c part.cc -o part.o; $CC -c main.c; $CXX main.o part.o -o program",
                "$CC -shared -fPIC part.c -o libpart.so; $CC main.c -L. -lpart -Wl,-rpath,. -o program",
                "$CC -shared -fPIC part.c -nostartfiles -o libpart.so; $CC main.c part.c libpart.so -Wl,-rpath,. -o program",
                "$CC -static main.c part.c -o program",
                "export HOSTTYPE=x86_64-linux; $CC --target=x86_64-linux-gnu main.c part.c -o program", // as tcsh has
                // it
                "$CC -fprofile-list=/dev/null main.c part.c -o program",
                "$CC -fprofile-remapping-file=/dev/null -fprofile-sample-accurate main.c part.c -o program",
                "$CC -fcoverage-prefix-map=a=b -fcoverage-compilation-dir=. -fno-coverage-mapping main.c part.c -o program",
                "$CC -fno-profile-arcs -fno-test-coverage main.c part.c -o program",
                "$CC -fprofile-use=missing -fno-profile-use -fno-profile-instr-use main.c part.c -o program",
                "$CC -fprofile-generate -fno-profile-instr-generate main.c part.c -o program",
                "$CC main.c part.c -fprofile-generate=somewhere -o program",
                "$CC -fprofile-generate -c main.c part.c; $CC -fprofile-generate main.o part.o -o program",
                "$CC -fno-profile-generate -fprofile-generate main.c part.c -o program",
                "$CC -flto main.c part.c -fuse-ld=lld -Wl,--fatal-warnings -o program",
                "$CC -c main.c part.c; $CC -r main.o part.o -o all.o; $CC all.o -o program",
                "$CC -c main.c part.c; ${CC/ --/ --link-only --} main.o part.o -o program",
                "$CC -c main.c part.c; ${CC/ --/ --link-only --} -r main.o part.o -o all.o; $CC all.o -o program",
                "$CC -r main.c -o all.o; $CC -Wl,-r -nostdlib -no-pie part.c -o more.o; $CC all.o more.o -o program",
                "$CC -x c-header header.h -o header.pch; $CC -include-pch header.pch main.c part.c -o program",
                "$CC header.h -o header.pch; $CC -include-pch header.pch main.c part.c -o program",
                "$CC main.c part.c -Wl,-z,defs -Wl,--fatal-warnings -Wl,--gc-sections -Werror -o program",
                // as libtool links a C++ library
                "crt() { clang-14 -print-file-name=$1; }; $CXX -c -fPIC part.cc -o part.o;"
                        + "$CXX -shared -nostdlib $(crt crti.o) $(crt crtbeginS.o) part.o -lstdc++ -lc -lgcc_s"
                        + " $(crt crtendS.o) $(crt crtn.o) -o libpart.so; $CC main.c libpart.so -Wl,-rpath,. -o program",
                "printf '#!/bin/sh\\nexec \"$@\"\\n' >ccache; chmod +x ccache; PATH=$PATH:.;"
                        + "${CC/-- /-- ccache } main.c part.c -o program",
            })
    void shouldInstrument(String commands) {
        Shell.Result build = run(WRAPPER, Toolchain.DEFAULT, commands).ok();
        assertEquals("", build.errors());
        mount.reset();
        Shell.in(directory)
                .with("PGOFS_SEGMENT_DIR", mount.segments().toString())
                .run("./program")
                .ok();
        assertEquals(1, mount.profile(Toolchain.DEFAULT).calls("part"));
        assertEquals(1, mount.profile(Toolchain.DEFAULT).calls("main"));
    }

    /** Groups of functions are of clang 16, continuous profiles of clang 22. */
    @ParameterizedTest
    @CsvSource({
        "16, -fprofile-function-groups=1 -fprofile-selected-function-group=0",
        "19, -fprofile-function-groups=1",
        "22, -fprofile-function-groups=1 -fprofile-selected-function-group=0",
        "22, -fprofile-continuous",
    })
    void shouldInstrumentWithOptionsOfNewerCompilers(int version, String options) {
        Toolchain toolchain = new Toolchain(version);
        mount.reset();
        Shell.Result build = run(WRAPPER, toolchain, "$CC " + options + " main.c part.c -o program")
                .ok();
        assertEquals("", build.errors());
        Shell.in(directory)
                .with("PGOFS_SEGMENT_DIR", mount.segments().toString())
                .run("./program")
                .ok();
        assertEquals(1, mount.profile(toolchain).calls("part"));
        mount.reset(); // the others read it with the tools of older compilers
    }

    /** What is said and made is what the compiler alone says and makes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$CC",
                "$CC -o program",
                "$CC -v",
                "$CC --version",
                "$CC -dumpversion",
                "$CC -print-search-dirs",
                "$CC -Wl,--version",
                "$CC main.c --version -o program",
                "$CC -cc1 -emit-llvm part.c -o part.ll",
                "$CC -E main.c",
                "$CC -dM -E -x c /dev/null",
                "$CC -M main.c",
                "$CC -MM -MF main.d main.c",
                "$CC -fsyntax-only main.c",
                "$CC -c missing.c",
                "echo @words >words; timeout 60 $CC @words",
                "$CC -frobnicate -c main.c",
                "echo 'int main(void) {' | $CC -x c - -c -o main.o",
                "$CC -Wall -Werror -c assembled.s",
                "$CC -Wall -Werror -c preprocessed.S",
                "$CC -Werror -r assembled.s -o all.o",
                "$CC -Werror -c part.c -lfoo",
                "$CC -Werror conftest.c -o conftest",
                "$CC -c conftest.c; $CC -v conftest.o part.c",
                "$CC -c ./conftest.c -o out.o",
                "echo conftest.c >words; $CC @words",
                "mkdir cmTC_12ab.dir; $CC -c part.c -o cmTC_12ab.dir/part.o",
                "mkdir meson-private; cp main.c meson-private/testfile.c; $CC -c meson-private/testfile.c",
                "mkdir objs; cp conftest.c objs/autotest.c; $CC -o objs/autotest objs/autotest.c",
                "export PGOFS_DISABLE=1; $CC -c main.c",
                "$CC -c main.c -fprofile-instr-generate",
                "$CC main.c part.c -fprofile-generate -fno-profile-generate -o program",
                "$CC main.c part.c -fprofile-generate -r -o all.o",
                "$CC main.c part.c -fcs-profile-generate -fno-profile-generate -o program",
                "$CC main.c part.c -fprofile-instr-generate -fno-profile-instr-generate -o program",
                "$CC -c main.c --coverage",
                "$CC -c main.c -coverage",
                "$CC -c main.c -fprofile-arcs -ftest-coverage",
                "$CC -c main.c -fcoverage-mapping",
                "$CC -c main.c -fno-profile-use -fprofile-use=missing",
                "$CC -c main.c -ffreestanding",
                "$CC -c part.c -m32",
                "$CC -c part.c --target=aarch64-none-elf",
                "$CC -c part.c --target=riscv64-linux-gnu",
                "$CC -c part.c --target=aarch64-linux-gnu --target=riscv64-linux-gnu",
                "$CC -c part.c -target bpf",
                "$CC -nostdlib alone.c main.c part.c -fno-builtin -o program; ./program",
            })
    void shouldLeaveAlone(String commands) throws IOException {
        for (int version : List.of(14, 22)) {
            Toolchain toolchain = new Toolchain(version);
            String expected = everything("", toolchain, commands);
            assertEquals(expected, everything(WRAPPER, toolchain, commands));
        }
    }

    /** Objects are those of the compiler alone; a program has the runtime, unless the line is for a profile. */
    @Test
    void shouldOnlyLink() throws IOException {
        String wrapper = Checkout.PGOFS + " cc --link-only -- ";
        for (String commands : List.of(
                "$CC -c main.c",
                "$CC -Werror -r main.c -o all.o",
                "$CC -fprofile-use=missing -Wno-error main.c part.c -o program",
                "$CC --version")) {
            assertEquals(everything("", Toolchain.DEFAULT, commands), everything(wrapper, Toolchain.DEFAULT, commands));
        }
        String sections = run(
                        wrapper, Toolchain.DEFAULT, "$CC main.c part.c -o program; ./program; readelf -SW program")
                .ok()
                .output();
        assertTrue(sections.contains("__llvm_prf_cnts_end") && !sections.contains("__llvm_prf_names"), sections);
    }

    @Test
    void shouldLinkInstrumentedObjectsWithoutTheCLibrary() {
        String commands = "$CC -O1 -fno-builtin -c main.c part.c alone.c;"
                + "$CC -nostdlib -static main.o part.o alone.o -o program; ./program";
        Shell.Result build = run(WRAPPER, Toolchain.DEFAULT, commands).ok();
        assertEquals("", build.errors());
        Shell.Result alone = run("", Toolchain.DEFAULT, "$CC -nostdlib -static main.o part.o alone.o");
        assertTrue(alone.errors().contains("undefined reference to `__llvm_profile_instrument_"), alone.errors());
    }

    @Test
    void shouldBecomeTheCompiler() {
        Shell.Result result = run(
                "",
                Toolchain.DEFAULT,
                "printf '#!/bin/sh\\necho $$; kill -9 $$' >killed; chmod +x killed; echo $$; exec " + WRAPPER
                        + "./killed -c main.c");
        assertEquals(128 + 9, result.status());
        List<String> processes = result.output().lines().toList();
        assertEquals(processes.get(0), processes.get(1));
    }

    @Test
    void shouldWorkThroughALinkAndFromItsOwnDirectory() {
        run(
                        "",
                        Toolchain.DEFAULT,
                        "ln -s '" + Checkout.PGOFS
                                + "' link; ./link cc -- clang-14 main.c part.c -o program; ./program;"
                                + "to=$PWD; cd '" + Checkout.PGOFS.getParent()
                                + "'; ./pgofs cc -- clang-14 $to/main.c $to/part.c -o $to/program; $to/program;"
                                + "bash pgofs cc -- clang-14 $to/main.c $to/part.c -o $to/program; $to/program;"
                                + "cd ..; CDPATH=.:/ bin/pgofs cc -- clang-14 $to/main.c $to/part.c -o $to/program")
                .ok();
    }

    @Test
    void shouldExplainItself() {
        for (String help : List.of("-h", "--help")) {
            Shell.Result result = Shell.in(directory)
                    .run(Checkout.PGOFS.toString(), "cc", help)
                    .ok();
            assertTrue(result.output().startsWith("usage: pgofs cc [--link-only] -- COMPILER"), result.output());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--", "-- -c main.c", "-c main.c"})
    void shouldAskForACompiler(String words) {
        Shell.Result result = run("", Toolchain.DEFAULT, Checkout.PGOFS + " cc " + words);
        assertEquals(2, result.status());
        assertEquals("pgofs: cc needs a compiler; see pgofs cc --help\n", result.errors());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "g++", "gcc-12", "x86_64-linux-gnu-gcc"})
    void shouldSayThatGccIsNotClang(String compiler) {
        Shell.Result result = run("", Toolchain.DEFAULT, WRAPPER + compiler + " main.c part.c -o program");
        assertEquals(1, result.status());
        assertTrue(
                result.errors().endsWith(" is not clang, and only clang's instrumentation can be published\n"),
                result.errors());
        run("", Toolchain.DEFAULT, WRAPPER + compiler + " -E main.c").ok();
    }

    /** As Debian's alternatives have it: a link to a link; a hard link, and ccache under the compiler's name. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "cc -c main.c",
                "c++ -c part.cc",
                "/usr/bin/cc -c main.c",
                "./cc -c main.c",
                "ccache cc -c main.c",
                "ccache distcc /usr/bin/c++ -c part.cc",
                "c99 -c main.c",
            })
    void shouldSayThatALinkLeadsToGcc(String command) {
        Shell.Result result = run(
                "",
                Toolchain.DEFAULT,
                "mkdir links; ln -s \"$PWD/links/gcc\" cc; ln -s \"$(command -v gcc)\" links/gcc;"
                        + "for name in ccache distcc; do printf '#!/bin/sh\\nexec \"$@\"\\n' >links/$name;"
                        + " chmod +x links/$name; done; PATH=$PWD/links:$PATH; " + WRAPPER + command);
        assertEquals(1, result.status());
        assertTrue(result.errors().startsWith("pgofs: "), result.errors());
        assertTrue(
                result.errors().endsWith(" is not clang, and only clang's instrumentation can be published\n"),
                result.errors());
    }

    /** Wherever a link leads that is not gcc, the compiler is run: once, and no other process. */
    @Test
    void shouldInstrumentThroughALinkToClang() {
        Shell.Result result = run(
                        "",
                        Toolchain.DEFAULT,
                        "mkdir links; ln -s \"$(command -v clang-14)\" links/cc; PATH=$PWD/links:$PATH;"
                                + "strace -f -qq -e trace=execve,fork,vfork,clone,clone3 -e signal=none -o calls "
                                + WRAPPER + "cc -O1 -c main.c; grep -c '= 0$' calls; readelf -SW main.o")
                .ok();
        assertTrue(result.output().contains("__llvm_prf_cnts"), result.output());
        // pgofs, the compiler, and the process that clang makes for itself or not
        assertTrue(Integer.parseInt(result.output().lines().findFirst().orElseThrow()) <= 3, result.output());
    }

    @Test
    void shouldSayThatThereIsNoSuchCompiler() {
        Shell.Result result = run("", Toolchain.DEFAULT, WRAPPER + "clang-1 -c main.c");
        assertEquals(127, result.status());
        assertEquals("pgofs: there is no compiler clang-1\n", result.errors());
    }

    @ParameterizedTest
    @CsvSource({
        "icecc clang-14, 127, there is no wrapper icecc",
        "./missing/ccache clang-14, 127, there is no wrapper ./missing/ccache",
        "./missing/clang, 127, there is no compiler ./missing/clang",
        "./text, 126, the compiler ./text cannot be run: it is no executable file",
        "text, 126, the compiler ./text cannot be run: it is no executable file",
        "./folder, 126, the compiler ./folder cannot be run: it is no executable file",
        "./folder/distcc clang-14, 126, the wrapper ./folder/distcc cannot be run: it is no executable file",
    })
    void shouldSayWhatCannotBeRun(String command, int status, String message) {
        Shell.Result result = run(
                "",
                Toolchain.DEFAULT,
                "echo >text; mkdir folder; echo >folder/distcc; PATH=$PATH:.; " + WRAPPER + command + " -c main.c");
        assertEquals("pgofs: " + message + "\n", result.errors());
        assertEquals(status, result.status());
    }

    /** Runs the commands in a directory of their own. Returns what they said and made, in one text. */
    private String everything(String wrapper, Toolchain toolchain, String commands) throws IOException {
        Path own = Files.createDirectory(directory.resolve("own"));
        copySources(own);
        Shell.Result result = run(own, wrapper, toolchain, commands);
        String made =
                Shell.in(own).bash("find . -type f | sort | xargs md5sum").ok().output();
        Shell.in(directory).run("rm", "-r", own.toString()).ok();
        // names of temporary files
        String errors = result.errors().replaceAll("-[0-9a-f]{6}(\\.| )", "-$1");
        return String.join("\n", "status " + result.status(), result.output(), errors, made);
    }

    private Shell.Result run(String wrapper, Toolchain toolchain, String commands) {
        return run(directory, wrapper, toolchain, commands);
    }

    /** There is no Java, as there is none where a compiler has to be quick. */
    private static Shell.Result run(Path directory, String wrapper, Toolchain toolchain, String commands) {
        return Shell.in(directory)
                .with("CC", wrapper + "clang-" + toolchain.version())
                .with("CXX", wrapper + "clang++-" + toolchain.version())
                .with("JAVA_HOME", "/nonexistent")
                .bash(commands);
    }

    private static void copySources(Path directory) {
        Shell.in(directory)
                .bash("cp \"$1\"/*.* .", Checkout.SOURCES.resolve("resources/cc"))
                .ok();
    }
}
