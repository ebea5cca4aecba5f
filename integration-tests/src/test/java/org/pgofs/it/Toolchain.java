package org.pgofs.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One version of clang and its tools.
 *
 * @param version the number in the names of Debian's packages
 * @param target what it compiles for
 */
record Toolchain(int version, Target target) {
    static final Toolchain DEFAULT = new Toolchain(14);

    private static final List<String> INSTRUMENT = config("--cflags", Target.HERE);
    private static final Map<Target, List<String>> RUNTIME = new EnumMap<>(Map.of(
            Target.HERE, config("--libs", Target.HERE),
            Target.AARCH64, config("--libs", Target.AARCH64)));

    /** One that compiles for this machine. */
    Toolchain(int version) {
        this(version, Target.HERE);
    }

    /** Our runtime alone, for a link that instruments in its own way: its archive, and before that what another machine needs. */
    List<String> runtime() {
        return config("--runtime", target);
    }

    /** The compiler's own runtime, likewise; nothing where the compiler links that by itself. */
    List<String> stockRuntime() {
        return target.stockRuntime(version);
    }

    /** Those that most tests run with: raw versions 8 and 10, or all versions if that is asked for. */
    static Stream<Toolchain> tested() {
        return (Checkout.FULL ? Stream.of(14, 16, 19, 22) : Stream.of(14, 19)).map(Toolchain::new);
    }

    @Override
    public String toString() {
        return "clang-" + version;
    }

    String profdata() {
        return "llvm-profdata-" + version;
    }

    /** Whether it can record the vtables of virtual calls. */
    boolean hasVtables() {
        return version >= 19;
    }

    /** Compiles and links with instrumentation and our runtime. */
    Path instrumented(Path program, Object... arguments) {
        List<Object> all = new ArrayList<>(INSTRUMENT);
        all.addAll(Arrays.asList(arguments));
        all.addAll(RUNTIME.get(target));
        return clang(program, all.toArray());
    }

    /** Compiles and links with instrumentation and the compiler's own runtime. */
    Path stock(Path program, Object... arguments) {
        List<Object> all = new ArrayList<>(INSTRUMENT);
        all.addAll(Arrays.asList(arguments));
        all.addAll(stockRuntime());
        return clang(program, all.toArray());
    }

    Path clang(Path output, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(toString(), "-O2", "-o", output.toString()));
        command.addAll(target.options());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Shell.in(output.getParent()).run(command.toArray(String[]::new)).ok();
        return output;
    }

    /** Builds worker.c. */
    Path worker(Path directory) {
        return instrumented(directory.resolve("worker" + version), Checkout.SOURCES.resolve("c/worker.c"), "-pthread");
    }

    /** Builds worker.c with the shared library. */
    Path workerWithLibrary(Path directory) {
        Path library = instrumented(
                directory.resolve("liblibrary.so"), "-fPIC", "-shared", Checkout.SOURCES.resolve("c/library.c"));
        return instrumented(
                directory.resolve("with-library"),
                "-DWITH_LIBRARY",
                Checkout.SOURCES.resolve("c/worker.c"),
                library,
                "-Wl,-rpath," + directory,
                "-pthread");
    }

    private static List<String> config(String option, Target target) {
        List<String> command = new ArrayList<>(List.of(Checkout.PGOFS.toString(), "config", option));
        command.addAll(target.configuration());
        String line =
                Shell.in(Checkout.ROOT).run(command.toArray(String[]::new)).ok().output();
        return List.of(line.strip().split(" +", -1));
    }
}
