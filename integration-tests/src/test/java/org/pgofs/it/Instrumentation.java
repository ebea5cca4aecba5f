package org.pgofs.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One way in which a compiler instruments.
 *
 * @param toolchain the compiler
 * @param file by which it is served
 * @param options of the compiler
 */
record Instrumentation(Toolchain toolchain, String file, List<String> options) {
    private static final Path SOURCES = Checkout.SOURCES.resolve("resources/variants");
    private static final String COVERAGE = "-fprofile-instr-generate -fcoverage-mapping";
    private static final String IR = "-fprofile-generate";
    private static final String TEMPORAL = IR + " -mllvm -pgo-temporal-instrumentation";
    private static final int FIRST_WITH_BITMAPS = 19;
    private static final int FIRST_WITH_LOOP_ENTRIES = 22;

    /** All that a compiler offers; without {@code --full} of two compilers, and what only a later one has. */
    static Stream<Instrumentation> tested() {
        return Stream.of(14, 16, 19, 22).map(Toolchain::new).flatMap(toolchain -> of(toolchain)
                .filter(way ->
                        Toolchain.tested().anyMatch(toolchain::equals) || way.file.equals("loop-entries.profraw")));
    }

    static Stream<Instrumentation> of(Toolchain toolchain) {
        List<Instrumentation> ways = new ArrayList<>();
        ways.add(of(toolchain, "profraw", IR));
        ways.add(of(toolchain, "csir.profraw", "-fcs-profile-generate"));
        ways.add(of(toolchain, "coverage.profraw", COVERAGE));
        ways.add(of(toolchain, "entry-first.profraw", IR + " -mllvm -pgo-instrument-entry"));
        ways.add(of(toolchain, "single-byte-entry-only.profraw", IR + " -mllvm -pgo-function-entry-coverage"));
        if (toolchain.version() >= FIRST_WITH_BITMAPS) {
            ways.add(of(toolchain, "coverage.profraw", COVERAGE + " -fcoverage-mcdc"));
            ways.add(of(toolchain, "coverage-single-byte.profraw", COVERAGE + " -mllvm -enable-single-byte-coverage"));
            ways.add(of(toolchain, "single-byte.profraw", IR + " -mllvm -pgo-block-coverage"));
            ways.add(of(toolchain, "temporal.profraw", TEMPORAL));
            ways.add(of(toolchain, "single-byte-temporal.profraw", TEMPORAL + " -mllvm -pgo-block-coverage"));
        }
        if (toolchain.version() >= FIRST_WITH_LOOP_ENTRIES) {
            ways.add(of(toolchain, "loop-entries.profraw", IR + " -mllvm -pgo-instrument-loop-entries"));
        }
        return ways.stream();
    }

    static Instrumentation of(Toolchain toolchain, String file, String options) {
        return new Instrumentation(toolchain, file, List.of(options.split(" ", -1)));
    }

    static Instrumentation coverage(Toolchain toolchain) {
        return of(toolchain, "coverage.profraw", COVERAGE);
    }

    static Instrumentation plain(Toolchain toolchain) {
        return of(toolchain, "profraw", IR);
    }

    @Override
    public String toString() {
        return toolchain + " " + String.join(" ", options);
    }

    boolean isForCoverage() {
        return options.contains("-fcoverage-mapping");
    }

    boolean hasBitmaps() {
        return options.contains("-fcoverage-mcdc");
    }

    boolean isContextSensitive() {
        return file.equals("csir.profraw");
    }

    boolean hasTimes() {
        return file.contains("temporal");
    }

    boolean hasByteCounters() {
        return file.contains("single-byte");
    }

    /** Builds the program with the compiler's own runtime. */
    Path stock(Path program) {
        return build(program, toolchain.stockRuntime());
    }

    /** Builds the program with our runtime. */
    Path instrumented(Path program) {
        return build(program, toolchain.runtime());
    }

    private Path build(Path program, List<String> runtime) {
        Path main = toolchain.clang(program.resolveSibling("main.o"), "-c", SOURCES.resolve("main.c"));
        List<Object> arguments = new ArrayList<>(options);
        if (isContextSensitive()) {
            arguments.add("-fprofile-use=" + profileOfTheFirstBuild(program.resolveSibling("first")));
        }
        arguments.add(SOURCES.resolve("work.c"));
        arguments.add(main);
        arguments.addAll(runtime);
        return toolchain.clang(program, arguments.toArray());
    }

    private Path profileOfTheFirstBuild(Path program) {
        Instrumentation first = plain(toolchain);
        Path raw = first.stockProfile(first.stock(program), program.resolveSibling("first.profraw"), "1 2 3 4 5");
        Path profile = program.resolveSibling("first.profdata");
        merge(raw, profile);
        return profile;
    }

    /** What the compiler's own runtime writes when the program worked. */
    Path stockProfile(Path program, Path profile, String numbers) {
        Shell.in(program.getParent())
                .with("LLVM_PROFILE_FILE", profile.toString())
                .bash("echo \"work $2\" | " + toolchain.target().command() + " \"$1\"", program, numbers)
                .ok();
        return profile;
    }

    void merge(Path raw, Path profile) {
        run(profile, toolchain.profdata(), "merge", "-o", profile.toString(), raw.toString());
    }

    /** All that the compiler's tools say of a profile of the program. */
    String show(Path program, Path raw, boolean withTimes) {
        Path profile = raw.resolveSibling("merged.profdata");
        merge(raw, profile);
        return showIndexed(program, profile, withTimes);
    }

    /** The same of an indexed profile. */
    String showIndexed(Path program, Path profile, boolean withTimes) {
        List<String> show = new ArrayList<>(List.of(toolchain.profdata(), "show", "--all-functions", "--counts"));
        if (isContextSensitive()) {
            show.add("--showcs");
        }
        if (hasTimes() && withTimes) {
            show.add("--temporal-profile-traces");
        }
        show.add(profile.toString());
        StringBuilder text = new StringBuilder(run(profile, show.toArray(String[]::new)));
        if (hasByteCounters() && toolchain.version() >= FIRST_WITH_BITMAPS) {
            text.append(run(profile, toolchain.profdata(), "show", "--covered", profile.toString()));
        }
        if (isForCoverage()) {
            text.append(coverage(profile, program, "report", "-show-mcdc-summary"));
            text.append(coverage(profile, program, "show", "-show-mcdc"));
        }
        return text.toString();
    }

    private String coverage(Path profile, Path program, String verb, String bitmaps) {
        List<String> command = new ArrayList<>(List.of("llvm-cov-" + toolchain.version(), verb, program.toString()));
        command.add("-instr-profile=" + profile);
        if (hasBitmaps()) {
            command.add(bitmaps);
        }
        return run(profile, command.toArray(String[]::new));
    }

    private static String run(Path file, String... command) {
        return Shell.in(file.getParent()).run(command).ok().output();
    }
}
