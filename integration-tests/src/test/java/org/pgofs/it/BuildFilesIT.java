package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What projects include of pgofs: pgo.mk and the package of CMake. The project is {@code orders} of the documents. */
final class BuildFilesIT {
    /** The functions that have counters in object files. */
    private static final String INSTRUMENTED =
            "find . -name '*.o' -o -name '*.lo' | xargs nm | sed -n 's/.* __profc_//p' | sort -u | paste -sd ' '\n";

    @TempDir
    Path directory;

    @BeforeEach
    void project() {
        Shell.in(directory)
                .bash("cp \"$1\"/*.[ch] .", Checkout.SOURCES.resolve("resources/workflow/orders"))
                .ok();
    }

    /** Lines of a Makefile, and which of main, price and note, noted they instrument. */
    @ParameterizedTest
    @CsvSource({
        "'', main note noted price",
        "PGO_PROFILE_main.o := n, note noted price",
        "PGO_PROFILE_main.o := y, main",
        "PGO_PROFILE_main.o := y; PGO_PROFILE_price.o := y, main price",
        "PGO_PROFILE := y, main note noted price",
        "PGO_PROFILE := n, ''",
        "PGO_PROFILE := n; PGO_PROFILE_main.o := y, main",
        "PGO_PROFILE := y; PGO_PROFILE_main.o := n, note noted price",
        "PGO_PROFILE_log.o := y; PGO_PROFILE_main.o := n, note noted",
        "GCOV_PROFILE_main.o := n, note noted price",
        "GCOV_PROFILE_main.o := y, main",
        "GCOV_PROFILE := y, main note noted price",
        "GCOV_PROFILE := n, ''",
        "GCOV_PROFILE := n; GCOV_PROFILE_main.o := y, main",
        "GCOV_PROFILE := y; GCOV_PROFILE_main.o := n, note noted price",
        "GCOV_PROFILE := y; PGO_PROFILE := n, ''",
        "GCOV_PROFILE_main.o := n; PGO_PROFILE_main.o := y, main",
        "GCOV_PROFILE_main.o := n; PGO_PROFILE := y, note noted price",
        "PGO_PROFILE_main.o = no, note noted price", // as in the kernel
    })
    void shouldChooseFilesAsTheKernelDoes(String lines, String expected) throws IOException {
        makefile(lines.replace("; ", "\n"));
        assertEquals(expected + "\n", make("CONFIG_PGO_CLANG=y"));
        assertRuns("./orders", !expected.isEmpty());
    }

    /** Other ways to call make and to name the compiler. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "make CONFIG_GCOV_KERNEL=y",
                "make CONFIG_PGO_CLANG=y CC=clang-14 CFLAGS=-O1",
                "make CONFIG_PGO_CLANG=y CC='ccache clang-14'",
                "CC=clang-14 make -e CONFIG_PGO_CLANG=y",
                "CONFIG_PGO_CLANG=y make",
                "sed -i /^CC/d Makefile; mkdir bin; ln -s \"$(command -v clang-14)\" bin/clang; PATH=bin:$PATH make CONFIG_PGO_CLANG=y",
                "sed -i 's/-o $@/-o $@ $(WORD)/' Makefile; make CONFIG_PGO_CLANG=y WORD='-Wl,--fatal-warnings'",
                "mv Makefile inner.mk; printf 'export CC = clang-14\\ninclude $(shell pgofs config --makefile)\\n"
                        + "all: ; $(MAKE) -f inner.mk\\n' >Makefile; sed -i /^CC/d inner.mk; make CONFIG_PGO_CLANG=y",
            })
    void shouldInstrumentHoweverMakeIsCalled(String command) throws IOException {
        makefile("PGO_PROFILE_main.o := n");
        String output = shell().with("CCACHE_DIR", directory.resolve("cache").toString())
                .bash("{ " + command + "; } >&2; " + INSTRUMENTED)
                .ok()
                .output();
        assertEquals("note noted price\n", output);
        assertRuns("./orders", true);
    }

    @Test
    void shouldChangeNothingUnlessAsked() throws IOException {
        makefile("PGO_PROFILE_main.o := y");
        assertEquals("\n", make(""));
        shell().bash("! nm orders | grep -i pgofs; cp orders before; rm orders *.o; "
                        + "sed -i /include/d Makefile; make; cmp orders before")
                .ok();
    }

    /** A program in one command, C++, objects elsewhere, and a library. */
    @Test
    void shouldKnowFilesByTheNameOfTheirTarget() throws IOException {
        Files.writeString(
                directory.resolve("Makefile"),
                """
                CC = clang-14
                CXX = clang++-14
                CFLAGS = -fPIC
                all: libprices.so one two obj/note.o
                libprices.so: price.lo ; $(CC) -shared $^ -o $@
                price.lo: price.c ; $(CC) $(CFLAGS) -c $< -o $@
                obj/note.o: log.c ; mkdir -p obj && $(CC) -c $< -o $@
                PGO_PROFILE_one.o := n
                PGO_PROFILE_note.o := n
                include $(shell pgofs config --makefile)
                """);
        shell().bash("echo 'int main() {}' | tee one.c >two.cc").ok();
        assertEquals("price\n", make("CONFIG_PGO_CLANG=y"));
        assertRuns("./one", false);
        assertRuns("./two", true);
    }

    /** Each directory has its own Makefile; all are called by one. */
    @Test
    void shouldInstrumentTheDirectoriesThatSayYes() {
        shell().bash(
                        """
                        for part in a b; do
                          mkdir $part
                          echo "void $part(void) {}" >$part/$part.c
                          printf 'all: %s.o\nCC = clang-14\ninclude $(shell pgofs config --makefile)\n' $part >$part/Makefile
                        done
                        echo 'PGO_PROFILE := y' >>a/Makefile
                        echo 'all: ; $(MAKE) -C a && $(MAKE) -C b' >Makefile
                        PGO_PROFILE=n make CONFIG_PGO_CLANG=y
                        """)
                .ok();
        assertEquals("a\n", shell().bash(INSTRUMENTED).ok().output());
    }

    /** What kind of library prices is, what a project says of its targets, and what is instrumented then. */
    @ParameterizedTest
    @CsvSource({
        "STATIC, pgofs_instrument(orders), main note noted",
        "STATIC, pgofs_instrument(prices), price",
        "OBJECT, pgofs_instrument(prices), price",
        "SHARED, pgofs_instrument(orders prices), main note noted price",
        "STATIC, target_link_libraries(prices PRIVATE pgofs::pgofs), price",
        "STATIC, target_link_libraries(prices INTERFACE pgofs::pgofs), main note noted",
    })
    void shouldInstrumentTargetsOfCmake(String kind, String lines, String expected) throws IOException {
        cmakeLists(kind, lines);
        String output = shell().bash(
                        "cmake -G Ninja -S . -B built -DCMAKE_C_COMPILER=clang-14 >&2; cmake --build built >&2; "
                                + INSTRUMENTED)
                .ok()
                .output();
        assertEquals(expected + "\n", output);
        assertRuns("built/orders", true);
    }

    @Test
    void shouldSayWhyCmakeDoesNotFindIt() throws IOException {
        cmakeLists("STATIC", "pgofs_instrument(orders)");
        Shell.Result result = shell().bash("cmake -S . -B built -DCMAKE_C_COMPILER=gcc");
        assertEquals(1, result.status());
        assertTrue(result.errors().contains("gcc is not clang: give CMAKE_C_COMPILER"), result.errors());

        cmakeLists("STATIC", "pgofs_instrument(order)");
        result = shell().bash("cmake -S . -B other -DCMAKE_C_COMPILER=clang-14");
        assertEquals(1, result.status());
        assertTrue(result.errors().contains("pgofs_instrument: there is no target order"), result.errors());
    }

    /** On either side of pgofs cc it keeps what is instrumented and what is not apart. */
    @ParameterizedTest
    @ValueSource(strings = {"pgofs cc -- ccache clang-14", "ccache pgofs cc -- clang-14", "ccache pgofs-clang-14"})
    void shouldBeCached(String compiler) {
        String output = shell().with("CCACHE_DIR", directory.resolve("cache").toString())
                .bash(
                        """
                        ln -s "$(command -v pgofs)" pgofs-clang-14
                        PATH=$PATH:$PWD
                        for round in 1 2; do
                          for compiler in "ccache clang-14" "$1"; do
                            $compiler -c price.c -o price.o
                            echo $round $(nm price.o | grep -c __profc_price)
                          done
                        done
                        ccache --print-stats | awk '/^(direct_cache_hit|cache_miss)/ { print $1, $2 }' | sort
                        """,
                        compiler)
                .ok()
                .output();
        assertEquals("1 0\n1 1\n2 0\n2 1\ncache_miss 2\ndirect_cache_hit 2\n", output);
    }

    @Test
    void shouldBeACompilerByItsName() throws IOException {
        shell().bash(
                        "ln -s \"$(command -v pgofs)\" pgofs-clang-14; CC=./pgofs-clang-14; $CC --version | grep -q '^.*clang';"
                                + "$CC *.c -o orders")
                .ok();
        assertRuns("./orders", true);
        Shell.Result missing =
                shell().bash("ln -s \"$(command -v pgofs)\" pgofs-frobnicate; ./pgofs-frobnicate -c main.c");
        assertEquals(127, missing.status());
        assertEquals("pgofs: there is no compiler frobnicate\n", missing.errors());
    }

    private void makefile(String lines) throws IOException {
        Files.writeString(
                directory.resolve("Makefile"),
                """
                CC = clang-14
                orders: main.o price.o log.o ; $(CC) $(LDFLAGS) $^ -o $@
                %s
                include $(shell pgofs config --makefile)
                """
                        .formatted(lines));
    }

    private void cmakeLists(String kind, String lines) throws IOException {
        Files.writeString(
                directory.resolve("CMakeLists.txt"),
                """
                cmake_minimum_required(VERSION 3.15)
                project(orders C)
                find_package(pgofs REQUIRED)
                add_library(prices %s price.c)
                add_executable(orders main.c log.c)
                target_link_libraries(orders prices)
                %s
                """
                        .formatted(kind, lines));
    }

    private String make(String words) {
        return shell().bash("make " + words + " >&2; " + INSTRUMENTED).ok().output();
    }

    /** It runs, and publishes if it counts: there is nowhere to publish here, of which the runtime complains. */
    private void assertRuns(String program, boolean counts) {
        Shell.Result result = shell().with("PGOFS_VERBOSE", "1")
                .with("PGOFS_SEGMENT_DIR", directory.resolve("none").toString())
                .run(program)
                .ok();
        assertEquals(counts, result.errors().contains("not published: no segment directory"), result.errors());
    }

    private Shell shell() {
        return Shell.in(directory).with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"));
    }
}
