package org.pgofs.daemon.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramReportTest {
    private static final String GENERATE = "-fprofile-generate";
    private static final String RUNTIME = Programs.RUNTIME.toString();
    private static final String CROSS = "--target=aarch64-linux-gnu";
    private static final String RUNTIME_AARCH64 =
            Programs.RUNTIME.resolveSibling("aarch64/libpgofs_rt.a").toString();

    @TempDir
    private Path directory;

    private Programs programs;

    @BeforeEach
    void prepare() {
        programs = new Programs(directory);
    }

    @ParameterizedTest
    @CsvSource({"14, 8, bfd", "14, 8, lld", "14, 8, mold", "19, 10, bfd", "19, 10, lld", "19, 10, mold"})
    void shouldBeContentWithAProgramBuiltAsItShouldBe(int clang, int rawVersion, String linker) {
        List<String> lines = lines(programs.compile(clang, GENERATE, RUNTIME, "-fuse-ld=" + linker));

        assertEquals(
                List.of(
                        "ok x86-64 executable or shared library",
                        "ok instrumented",
                        "ok the pgofs runtime is linked in, format 1",
                        "ok the counters share no page with other data",
                        "ok raw version " + rawVersion),
                lines.subList(0, 5));
        assertTrue(
                lines.get(5)
                        .matches("ok llvm-profdata(-\\d+)? \\((" + clang + ")\\..*\\) reads raw version " + rawVersion),
                lines.get(5));
        assertEquals(6, lines.size());
    }

    @Test
    void shouldKnowASharedLibrary() {
        assertEquals(0, exitCode(programs.compile(19, GENERATE, RUNTIME, "-shared", "-fPIC")));
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 19})
    void shouldNotKnowTheRawVersionOfAStrippedProgram(int clang) {
        Path program = programs.compile(clang, GENERATE, RUNTIME, "-Wl,--strip-all");
        List<String> lines = lines(program);

        assertEquals("ok the pgofs runtime is linked in, format 1", lines.get(2));
        assertEquals("- raw version not known, as the file is stripped", normalised(lines.get(4)));
        assertTrue(lines.get(5).contains("llvm-profdata-14 (14."), lines.get(5));
        assertEquals(0, exitCode(program));
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 19})
    void shouldMissTheRuntime(int clang) {
        Path program = programs.compile(clang, GENERATE);
        List<String> lines = lines(program);

        assertEquals("NO the pgofs runtime is not linked in: link with $(pgofs config --libs)", lines.get(2));
        assertTrue(lines.get(3).startsWith("NO the counters do not start at a page: "), lines.get(3));
        assertTrue(lines.get(4).startsWith("ok raw version "), lines.get(4));
        assertEquals(1, exitCode(program));
    }

    @Test
    void shouldSayThatSectionsAreInPieces() {
        Path program = programs.compile(14, GENERATE, RUNTIME, "-Wl,--unique");

        assertTrue(
                lines(program)
                        .contains("NO the linker has left __llvm_prf_data in 2 pieces:"
                                + " link with GNU ld, lld or mold, without --unique"),
                () -> String.join("\n", lines(program)));
        assertEquals(1, exitCode(program));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bfd", "lld", "mold"})
    void shouldNotTakeTheRuntimeForInstrumentation(String linker) {
        Path program = programs.compile(14, "-Wl,-u,__llvm_profile_runtime", RUNTIME, "-fuse-ld=" + linker);

        assertTrue(
                lines(program).get(1).startsWith("NO not instrumented (no __llvm_prf_cnts, "),
                lines(program).get(1));
    }

    /** What the runtime has among the counters is of another size there. */
    @Test
    void shouldNotTakeTheRuntimeForInstrumentationOnAArch64() {
        Path program = programs.compile(19, CROSS, "-noprofilelib", "-Wl,-u,pgofs_runtime", RUNTIME_AARCH64);
        List<String> lines = lines(program);

        assertEquals("ok AArch64 executable or shared library", lines.get(0));
        assertTrue(lines.get(1).startsWith("NO not instrumented (no __llvm_prf_cnts, "), lines.get(1));
    }

    /** At a page of x86-64, and not at one of 64 KiB. */
    @ParameterizedTest
    @CsvSource({
        "0x6f0000, ok the counters share no page with other data",
        "0x6f1000, NO the counters do not start at a page"
    })
    void shouldAskForTheLargestPagesOfAArch64(String counters, String expected) {
        String script = programs.write(
                        "script.lds",
                        "SECTIONS { __llvm_prf_cnts " + counters + " : { *(__llvm_prf_cnts) } } INSERT AFTER .bss;")
                .toString();
        List<String> lines = lines(
                programs.compile(19, CROSS, GENERATE, "-noprofilelib", "-fuse-ld=lld", "-no-pie", "-Wl,-T," + script));

        assertTrue(lines.stream().anyMatch(line -> line.startsWith(expected)), lines::toString);
    }

    @Test
    void shouldRefuseAnotherFormat() {
        String note = programs.write(
                        "note.s",
                        """
                        .section .note.pgofs,"a",@note
                        .long 4, 5, 1
                        .asciz "abc"
                        .byte 1, 2, 3, 4, 5
                        .p2align 2
                        .long 6, 4, 1
                        .asciz "pgofs"
                        .p2align 2
                        .long 99
                        """)
                .toString();
        List<String> lines = lines(programs.compile(19, GENERATE, note));

        assertEquals(
                "NO the pgofs runtime in it writes format 99 and this pgofs reads 1:"
                        + " link with $(pgofs config --libs) again",
                lines.get(2));
    }

    @ParameterizedTest
    @CsvSource({
        "neighbour, NO the last page of the counters is shared by neighbour: link with",
        "__llvm_prf_vnds, ok the counters share no page with other data",
    })
    void shouldNameWhatSharesTheLastPageOfTheCounters(String neighbour, String line) {
        String sections = programs.write(
                        "sections.s",
                        """
                        .section __llvm_prf_cnts,"aw",@progbits
                        .p2align 12
                        .quad 1
                        .section %s,"aw",@progbits
                        .fill 511, 8, 2
                        .section __llvm_prf_data,"aw",@progbits
                        .quad 3
                        .section __llvm_prf_names,"a",@progbits
                        .quad 4
                        .section .note.GNU-stack,"",@progbits
                        """
                                .formatted(neighbour))
                .toString();
        List<String> lines = lines(programs.compile(19, sections));

        assertTrue(lines.get(3).startsWith(line), lines.get(3));
    }

    @ParameterizedTest
    @CsvSource({
        "6,  -  not known which llvm-profdata reads raw version 6",
        "99, -  not known which llvm-profdata reads raw version 99",
    })
    void shouldRefuseARawVersionThatCannotBeWritten(int number, String line) {
        String sections = programs.write(
                        "sections.s",
                        """
                        .section __llvm_prf_cnts,"aw",@progbits
                        .quad 1
                        .section __llvm_prf_data,"aw",@progbits
                        .quad 2
                        .section __llvm_prf_names,"a",@progbits
                        .quad 3
                        .section .rodata
                        .globl __llvm_profile_raw_version
                        .type __llvm_profile_raw_version,@object
                        .size __llvm_profile_raw_version,8
                        __llvm_profile_raw_version: .quad (1 << 56) + %d
                        .section .note.GNU-stack,"",@progbits
                        """
                                .formatted(number))
                .toString();
        List<Finding> findings = ProgramReport.of(programs.compile(19, sections), new Tools(List.of(directory)));

        assertEquals(
                "NO raw version " + number + ": this pgofs writes [5, 7, 8, 9, 10, 11] only; use another clang",
                findings.get(4).line());
        assertEquals(line, findings.get(5).line());
    }

    @Test
    void shouldMissInstrumentation() {
        Path program = programs.compile(19);

        assertEquals(
                "NO not instrumented (no __llvm_prf_cnts, __llvm_prf_data, __llvm_prf_names):"
                        + " compile with clang and $(pgofs config --cflags)",
                lines(program).get(1));
        assertEquals(2, lines(program).size());
        assertEquals(1, exitCode(program));
    }

    @Test
    void shouldKnowCoverage() {
        String[] coverage = {"-fprofile-instr-generate", "-fcoverage-mapping", "-fcoverage-mcdc"};
        Path program = programs.compile(19, coverage[0], coverage[1], coverage[2], RUNTIME);

        assertEquals(
                "ok coverage build: use your compiler's llvm-profdata",
                lines(program).get(4));
        assertTrue(lines(program)
                .get(5)
                .startsWith("-  llvm-profdata must be of the LLVM version of the compiler; installed:"));
        assertEquals(0, exitCode(program));
        Path stock = programs.compile(19, coverage[0], coverage[1], coverage[2]);
        assertTrue(
                lines(stock).get(2).startsWith("NO the pgofs runtime is not linked in"),
                lines(stock).get(2));
        assertEquals("ok raw version 10, coverage", lines(stock).get(4));
    }

    @Test
    void shouldKnowTheVariants() {
        Path program = programs.compile(19, GENERATE, RUNTIME, "-mllvm", "-pgo-function-entry-coverage");

        assertEquals(
                "ok raw version 10, single-byte, entry-only", lines(program).get(4));
        assertEquals(0, exitCode(program));
    }

    @Test
    void shouldRefuseRecordsThatAreElsewhere() {
        Path program = programs.compile(19, GENERATE, RUNTIME, "-g", "-mllvm", "-debug-info-correlate");

        assertEquals(
                "NO its function records are missing (no __llvm_prf_data, __llvm_prf_names):"
                        + " compile without -debug-info-correlate",
                lines(program).get(1));
    }

    @Test
    void shouldSayWhichLlvmProfdataIsMissing() {
        List<Finding> findings =
                ProgramReport.of(programs.compile(14, GENERATE, RUNTIME), new Tools(List.of(directory)));

        assertEquals(
                "NO no llvm-profdata on PATH reads raw version 8: install that of LLVM 14 to 17; installed: none",
                findings.get(5).line());
    }

    @Test
    void shouldRefuseWhatIsNoProgram() {
        Path text = programs.write("text", "#!/bin/sh\n" + "echo a script longer than a header\n".repeat(9));
        Path empty = programs.write("empty", "");
        Path object = programs.compile(19, "-c");

        assertEquals(List.of("NO " + text + " is not an ELF file"), lines(text));
        assertEquals(List.of("NO " + empty + " is not an ELF file"), lines(empty));
        assertEquals(List.of("NO " + object + " is neither an executable nor a shared library"), lines(object));
        assertEquals(List.of("NO " + directory + "/none does not exist"), lines(directory.resolve("none")));
        assertTrue(
                lines(directory).get(0).startsWith("NO " + directory + " cannot be read"),
                lines(directory).get(0));
        assertEquals(1, exitCode(text));
    }

    private static List<String> lines(Path program) {
        return ProgramReport.of(program, Machine.here(Path.of("/")).tools()).stream()
                .map(Finding::line)
                .toList();
    }

    private static String normalised(String line) {
        return line.replaceAll(" +", " ");
    }

    private static int exitCode(Path program) {
        return Doctor.run(program.toString()).exitCode();
    }
}
