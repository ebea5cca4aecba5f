package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A function or vtable that a program and its library both have is one of them in both: values name it as it is. */
final class InterposedIT {
    private static final String LIBRARY = "libinterposed.so";

    @TempDir
    Path directory;

    record Link(Toolchain toolchain, String kind, List<String> library) {}

    static Stream<Link> links() {
        return Toolchain.tested()
                .flatMap(toolchain -> Stream.of(
                        new Link(toolchain, "-pie", List.of()),
                        new Link(toolchain, "-no-pie", List.of()),
                        new Link(toolchain, "-pie", List.of("-Wl,-Bsymbolic")),
                        new Link(toolchain, "-pie", List.of("-fuse-ld=lld"))));
    }

    /** One profile for each image: that of the library has this function. */
    private record Shown(String library, String program) {
        static Shown of(StockComparison comparison, List<Path> profiles) {
            List<String> shown = profiles.stream().map(comparison::show).toList();
            return new Shown(
                    shown.stream()
                            .filter(text -> text.contains("  in_library:"))
                            .findFirst()
                            .orElseThrow(),
                    shown.stream()
                            .filter(text -> text.contains("  main:"))
                            .findFirst()
                            .orElseThrow());
        }
    }

    @ParameterizedTest
    @MethodSource("links")
    void shouldNameTargetsThatTheDynamicLinkerTookFromAnotherImage(Link link) throws IOException {
        StockComparison comparison = new StockComparison(link.toolchain, directory);
        Path stock = Files.createDirectory(directory.resolve("stock"));
        Path ours = Files.createDirectory(directory.resolve("ours"));
        Path expectedProgram = build(link, stock, link.toolchain::stock);
        Path program = build(link, ours, link.toolchain::instrumented);
        Shell.in(stock)
                .with("LLVM_PROFILE_FILE", stock.resolve("%m.profraw").toString())
                .run(expectedProgram.toString())
                .ok();
        try (PgofsMount mount = PgofsMount.start(directory)) {
            mount.shell().run(program.toString()).ok();
            Shown actual = Shown.of(comparison, List.of(copy(mount, LIBRARY), copy(mount, "program")));
            assertNamed(link, actual.library);
            Shown expected = Shown.of(comparison, list(stock, "*.profraw"));
            comparison.assertSameText(expected.library, actual.library);
            comparison.assertSameText(expected.program, actual.program);
            // A program that has nothing of it leaves it to the library: that is the same image.
            mount.shell()
                    .run(program(link, ours, link.toolchain::instrumented, "other")
                            .toString())
                    .ok();
            assertEquals(1, list(images(mount), LIBRARY + "-*").size());
            Files.writeString(mount.root().resolve("pgo/reset"), "1");
            Path forking =
                    program(link, ours, link.toolchain::instrumented, "forking", "-DPROGRAM_HAS_THEM", "-DIN_A_CHILD");
            mount.shell().run(forking.toString()).ok();
            assertNamed(link, comparison.show(copy(mount, LIBRARY)));
        }
    }

    /** Since clang 19 records have the address of the image's own function, which is not called: values are nameless. */
    private static void assertNamed(Link link, String library) {
        List<String> names = link.toolchain.hasVtables()
                ? List.of("_ZTV5Round", "_ZTV6Square")
                : List.of("_Z5twicei", "_Z4halfi", "_Z4plusILi1EEii", "_Z4plusILi2EEii", "hook");
        for (String name : names) {
            assertTrue(
                    Pattern.compile("\t\\[ *\\d+, " + name + ",")
                            .matcher(library)
                            .find(),
                    name + " in " + library);
        }
    }

    private interface Build {
        Path apply(Path output, Object... arguments);
    }

    private static Path build(Link link, Path where, Build build) {
        List<Object> arguments = flags(link);
        arguments.addAll(link.library);
        arguments.addAll(List.of("-fPIC", "-shared", Checkout.SOURCES.resolve("c/interposed_library.cc")));
        build.apply(where.resolve(LIBRARY), arguments.toArray());
        return program(link, where, build, "program", "-DPROGRAM_HAS_THEM");
    }

    private static Path program(Link link, Path where, Build build, String name, String... defines) {
        List<Object> arguments = flags(link);
        arguments.addAll(List.of(defines));
        arguments.addAll(List.of(
                link.kind,
                link.kind.equals("-pie") ? "-fPIE" : "-fno-pic",
                Checkout.SOURCES.resolve("c/interposed_program.cc"),
                where.resolve(LIBRARY),
                "-Wl,-rpath," + where));
        return build.apply(where.resolve(name), arguments.toArray());
    }

    private static List<Object> flags(Link link) {
        List<Object> flags = new ArrayList<>(List.of("-mllvm", "-vp-counters-per-site=100", "-lstdc++"));
        if (link.toolchain.hasVtables()) {
            flags.addAll(List.of("-mllvm", "-enable-vtable-value-profiling"));
        }
        return flags;
    }

    private static Path images(PgofsMount mount) {
        return mount.root().resolve("pgo/images");
    }

    private Path copy(PgofsMount mount, String image) throws IOException {
        Path profile = list(images(mount), image + "-*").get(0).resolve("profraw");
        Path copy = directory.resolve(image + ".profraw");
        Shell.in(directory).run("cp", "-a", profile.toString(), copy.toString()).ok();
        return copy;
    }

    private static List<Path> list(Path where, String pattern) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(where, pattern)) {
            files.forEach(found::add);
        }
        return found;
    }
}
