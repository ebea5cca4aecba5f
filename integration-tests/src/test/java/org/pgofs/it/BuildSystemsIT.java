package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pgofs cc} builds projects of Debian as they are, and their configuration finds what it finds without it. */
final class BuildSystemsIT {
    private static final String C = "clang-14";
    private static final String CXX = "clang++-14";
    private static final String WRAPPER = "pgofs cc -- ";

    @TempDir
    Path directory;

    private Path plain;
    private Path instrumented;

    @BeforeEach
    void directories() throws IOException {
        plain = Files.createDirectory(directory.resolve("build-1"));
        instrumented = Files.createDirectory(directory.resolve("build-2"));
    }

    /** libconfig: C and C++, shared libraries by libtool. */
    @Test
    void shouldBuildAnAutotoolsProject() throws IOException {
        String source = source("libconfig");
        both(source, (build, wrapper) -> shell(build)
                .bash(
                        "cp -a \"$1\"/. .; ./configure --disable-doc CC=\"$2\" CXX=\"$3\"",
                        source,
                        wrapper + C,
                        wrapper + CXX)
                .ok());
        for (String file : List.of("ac_config.h", "config.status", "config.log", "libtool", "lib/Makefile")) {
            assertSame(text(plain, file), text(instrumented, file));
        }
        shell(instrumented)
                .bash("make -j2 -C lib; for in in c c++; do make -C examples/$in example1; done")
                .ok();
        Profile profile = profileOf("cd examples/c; ./example1; cd ../c++; ./example1");
        assertCalled(profile, "libconfig_yylex", "config_lookup", "_ZN9libconfig6Config8readFileEPKc");
    }

    /** tinyxml2: C++, a shared library; by the launcher that CMake has for this. */
    @Test
    void shouldBuildACmakeProject() throws IOException {
        String source = source("tinyxml2");
        both(source, (build, wrapper) -> {
            Shell shell = shell(build).with("CC", C).with("CXX", CXX);
            for (String launcher : wrapper.isEmpty()
                    ? List.<String>of()
                    : List.of("C_COMPILER", "C_LINKER", "CXX_COMPILER", "CXX_LINKER")) {
                shell = shell.with("CMAKE_" + launcher + "_LAUNCHER", "pgofs;cc;--");
            }
            shell.bash("cmake -S \"$1\" -B . -DBUILD_SHARED_LIBS=ON", source).ok();
        });
        assertSame(cmakeFacts(plain), cmakeFacts(instrumented));
        shell(instrumented).bash("cmake --build .").ok();
        Profile profile = profileOf("cp -a \"" + source + "/resources\" .; ./xmltest");
        assertCalled(profile, "_ZN8tinyxml211XMLDocument5ParseEPKcm", "main");
    }

    /** As CC, CMake looks for other programs beside it, and finds others; what it finds of the compiler is the same. */
    @Test
    void shouldBeACompilerForCmake() throws IOException {
        String source = source("tinyxml2");
        both(source, (build, wrapper) -> shell(build)
                .with("CC", wrapper + C)
                .with("CXX", wrapper + CXX)
                .bash("cmake -S \"$1\" -B .", source)
                .ok());
        for (String language : List.of("C", "CXX")) {
            assertSame(compilerFacts(plain, language), compilerFacts(instrumented, language));
        }
    }

    /** A library of Meson's, through ccache. */
    @Test
    void shouldBuildAMesonProject() throws IOException {
        Path source = Checkout.SOURCES.resolve("resources/workflow");
        both(source.toString(), (build, wrapper) -> shell(build)
                .with("CC", wrapper + "ccache " + C)
                .with("CXX", wrapper + "ccache " + CXX)
                .with("CCACHE_DIR", build.resolve("ccache").toString())
                .bash("meson setup build \"$1\"/words; ninja -C build", source)
                .ok());
        Profile profile = profileOf("clang-14 \"" + source + "\"/app.c build/libwords.so -o app;"
                + "LD_LIBRARY_PATH=build ./app \"to be or not to be\"");
        assertCalled(profile, "words");
    }

    /** bzip2: a Makefile that says CC=gcc. */
    @Test
    void shouldBuildAPlainMakeProject() throws IOException {
        shell(instrumented)
                .bash("cp -a \"$1\"/. .; make -j2 CC=\"$2\" bzip2", source("bzip2"), WRAPPER + C)
                .ok();
        Profile profile = profileOf(
                "export LD_LIBRARY_PATH=.; ./bzip2 -9 <blocksort.c >compressed; ./bzip2 -d <compressed | cmp - blocksort.c");
        assertCalled(profile, "BZ2_blockSort", "BZ2_hbMakeCodeLengths", "BZ2_decompress");
    }

    /** Configures, without and with pgofs cc. */
    private interface Configuration {
        void in(Path build, String wrapper);
    }

    private void both(String source, Configuration configuration) {
        assertTrue(Files.exists(Path.of(source)), source);
        Stream.of(plain, instrumented)
                .parallel()
                .forEach(build -> configuration.in(build, build.equals(plain) ? "" : WRAPPER));
    }

    /** Where the sources of a Debian package are. */
    private static String source(String name) {
        String cache = System.getenv().getOrDefault("XDG_CACHE_HOME", System.getProperty("user.home") + "/.cache");
        Path source = Path.of(cache, "pgofs", "source", name);
        Shell.in(Checkout.ROOT)
                .run(Checkout.SOURCES.resolve("resources/cc/fetch").toString(), name, source.toString())
                .ok();
        return source.toString();
    }

    private static Shell shell(Path build) {
        return Shell.in(build).with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"));
    }

    /** A file as it would be without pgofs cc, and in the first directory. */
    private static String text(Path build, String file) throws IOException {
        return Files.readString(build.resolve(file), StandardCharsets.ISO_8859_1)
                .replace("build-2", "build-1")
                .replace(WRAPPER, "")
                .replace("'", "") // around the value of CC
                .replaceAll("/conftest-[0-9a-f]+", "/conftest");
    }

    /** All that CMake keeps but the launchers. */
    private static String cmakeFacts(Path build) throws IOException {
        String cache = text(build, "CMakeCache.txt")
                .lines()
                .filter(line -> !line.isEmpty() && !line.startsWith("//") && !line.contains("_LAUNCHER:"))
                .collect(Collectors.joining("\n"));
        return cache + compilerFile(build, "C") + compilerFile(build, "CXX");
    }

    private static String compilerFacts(Path build, String language) throws IOException {
        return compilerFile(build, language)
                .lines()
                .filter(line -> !line.matches("set\\(CMAKE_(C(XX)?_COMPILER(_ARG1)?|AR|RANLIB|LINKER) .*"))
                .collect(Collectors.joining("\n"));
    }

    private static String compilerFile(Path build, String language) throws IOException {
        String version = text(build, "CMakeCache.txt")
                .replaceFirst(
                        "(?s).*CMAKE_CACHE_MAJOR_VERSION:INTERNAL=(\\d+).*MINOR_VERSION:INTERNAL=(\\d+).*"
                                + "PATCH_VERSION:INTERNAL=(\\d+).*",
                        "$1.$2.$3");
        return text(build, "CMakeFiles/" + version + "/CMake" + language + "Compiler.cmake");
    }

    /** Shows the lines that differ: the files are long. */
    private void assertSame(String expected, String actual) throws IOException {
        Path first = Files.writeString(directory.resolve("expected"), expected);
        Path second = Files.writeString(directory.resolve("actual"), actual);
        assertTrue(!expected.isEmpty());
        assertEquals(
                "",
                Shell.in(directory)
                        .run("diff", first.toString(), second.toString())
                        .output());
    }

    private Profile profileOf(String commands) throws IOException {
        try (PgofsMount mount = PgofsMount.start(directory)) {
            Shell.in(instrumented)
                    .with("PGOFS_SEGMENT_DIR", mount.segments().toString())
                    .bash(commands)
                    .ok();
            return mount.profile(Toolchain.DEFAULT);
        }
    }

    private static void assertCalled(Profile profile, String... functions) {
        for (String function : functions) {
            assertTrue(
                    profile.counts().containsKey(function),
                    function + " is not in " + profile.counts().keySet());
            assertTrue(
                    profile.counts().get(function).stream().anyMatch(counts -> counts.get(0) > 0),
                    function + " was not called");
        }
    }
}
