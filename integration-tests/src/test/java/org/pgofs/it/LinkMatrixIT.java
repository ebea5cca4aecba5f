package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wherever the archive stands in the link, whatever the linker does with the sections: what a program publishes is what
 * the compiler's own runtime writes for the same objects, linked in the same way.
 */
class LinkMatrixIT {
    private static final Path SOURCES = Checkout.SOURCES.resolve("resources/linkmatrix");

    /** For what several cells have in common. */
    @TempDir
    static Path shared;

    private static final Map<String, List<String>> OBJECTS = new ConcurrentHashMap<>();
    private static final Map<String, ProfileText> STOCK = new ConcurrentHashMap<>();

    @TempDir
    Path directory;

    private Path segments;

    enum Position {
        FIRST,
        MIDDLE,
        LAST
    }

    enum Kind {
        PLAIN("", "-pie"),
        LTO("-flto", "-flto"),
        THIN_LTO("-flto=thin", "-flto=thin"),
        GC_SECTIONS("", "-Wl,--gc-sections"),
        RELOCATABLE("", "-pie"),
        STATIC_PIE("", "-static-pie"),
        SHARED("", "-pie"),
        NO_PIE("", "-no-pie"),
        STATIC("", "-static");

        private final String compilation;
        private final String link;

        Kind(String compilation, String link) {
            this.compilation = compilation;
            this.link = link;
        }
    }

    record Cell(int clang, String linker, Kind kind, Position position, Target target) {
        Cell(int clang, String linker, Kind kind, Position position) {
            this(clang, linker, kind, position, Target.HERE);
        }

        Toolchain toolchain() {
            return new Toolchain(clang, target);
        }

        List<String> archive() {
            List<String> runtime = toolchain().runtime();
            return runtime.subList(runtime.size() - 1, runtime.size());
        }

        String compiler() {
            return "clang-" + clang;
        }

        /** The linker's name for -fuse-ld. */
        String linkerName() {
            return linker.equals("lld") ? "lld-" + clang : linker;
        }

        String program() {
            return linkerName().equals("bfd") ? target.binutils() + "ld.bfd" : "ld." + linkerName();
        }
    }

    /** Every combination exists: GNU ld and mold do LTO and ThinLTO by the plugin that clang brings. */
    static Stream<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (int clang : new int[] {14, 19}) {
            for (String linker : List.of("bfd", "lld", "mold")) {
                for (Kind kind : List.of(
                        Kind.PLAIN,
                        Kind.LTO,
                        Kind.THIN_LTO,
                        Kind.GC_SECTIONS,
                        Kind.RELOCATABLE,
                        Kind.STATIC_PIE,
                        Kind.SHARED)) {
                    for (Position position : Position.values()) {
                        cells.add(new Cell(clang, linker, kind, position));
                    }
                }
                cells.add(new Cell(clang, linker, Kind.NO_PIE, Position.LAST));
                cells.add(new Cell(clang, linker, Kind.STATIC, Position.LAST));
            }
        }
        addCellsForAArch64(cells);
        for (int clang : new int[] {16, 22}) {
            cells.add(new Cell(clang, "bfd", Kind.PLAIN, Position.FIRST));
            cells.add(new Cell(clang, "lld", Kind.PLAIN, Position.MIDDLE));
        }
        return cells.stream();
    }

    /** GNU ld has no LTO with a plugin for another machine's objects. Without {@code --full} each kind once. */
    private static void addCellsForAArch64(List<Cell> cells) {
        int number = 0;
        for (int clang : new int[] {14, 19, 22}) {
            for (String linker : clang == 22 ? List.of("bfd", "lld") : List.of("bfd", "lld", "mold")) {
                for (Kind kind : Kind.values()) {
                    for (Position position : Position.values()) {
                        if (Checkout.FULL || number++ % 21 == 0) {
                            cells.add(new Cell(clang, linker, kind, position, Target.AARCH64));
                        }
                    }
                }
            }
        }
    }

    @BeforeEach
    void mountSegments() throws IOException {
        segments = Files.createDirectory(directory.resolve("segments"));
        String options = "size=0,nr_inodes=0,inode64,mode=1733,nosuid,nodev,noexec";
        run(directory, List.of("mount", "-t", "tmpfs", "-o", options, "pgofs", segments.toString()));
    }

    @AfterEach
    void unmountSegments() {
        run(directory, List.of("umount", segments.toString()));
    }

    @ParameterizedTest
    @MethodSource("cells")
    @Execution(ExecutionMode.CONCURRENT)
    void shouldPublishWhatTheCompilersRuntimeWrites(Cell cell) throws IOException {
        ProfileText stock = STOCK.computeIfAbsent(
                cell.compiler() + cell.linker() + cell.kind() + cell.target(),
                key -> runStock(link(cell, cell.toolchain().stockRuntime()), cell));
        Path program = link(cell, cell.archive());
        Shell.Result run = Shell.in(directory)
                .with("PGOFS_SEGMENT_DIR", segments.toString())
                .with("PGOFS_VERBOSE", "1")
                .run(command(cell, program));
        List<PublishedImage> images = published();

        int expected = cell.kind() == Kind.SHARED ? 2 : 1;
        assertEquals(expected, images.size(), run.ok().errors());
        assertEquals(
                stock.functions(),
                images.stream()
                        .flatMap(image -> image.functions().stream())
                        .sorted()
                        .toList());
        assertFalse(stock.values().isEmpty(), "the program has values");
        assertEquals(
                stock.values(),
                images.stream()
                        .flatMap(image -> image.values().stream())
                        .sorted()
                        .toList());
        for (PublishedImage image : images) {
            image.checkValueSites();
            checkAddresses(image, stock.names());
        }
        assertFalse(images.stream().allMatch(image -> image.addresses().isEmpty()), "some function has an address");
    }

    /** The linker's own table says where functions are. */
    private void checkAddresses(PublishedImage image, Map<Long, String> names) {
        Map<Long, List<String>> symbols = new HashMap<>();
        for (String line :
                Shell.in(directory).run("nm", image.path()).ok().output().split("\n", -1)) {
            String[] part = line.strip().split(" ", 3);
            if (part.length == 3) {
                symbols.computeIfAbsent(Long.parseUnsignedLong(part[0], 16), address -> new ArrayList<>())
                        .add(part[2]);
            }
        }
        image.addresses().forEach((name, address) -> {
            String function = names.get(name).replaceFirst(".*[:;]", "");
            // ThinLTO renames static functions that other modules may use.
            assertFalse(
                    symbols.getOrDefault(address, List.of()).stream()
                            .noneMatch(symbol -> symbol.equals(function) || symbol.startsWith(function + ".llvm.")),
                    () -> function + " is at " + Long.toHexString(address) + " in none of " + image.path());
        });
    }

    private static List<String> objects(Cell cell) {
        return OBJECTS.computeIfAbsent(cell.compiler() + cell.kind().compilation + cell.target(), key -> {
            List<String> objects = new ArrayList<>();
            for (String name : List.of("first", "main", "second")) {
                String object = shared.resolve(name + key + ".o").toString();
                List<String> command = new ArrayList<>(List.of(cell.compiler(), "-O2", "-fPIC", "-ffunction-sections"));
                command.addAll(cell.target().options());
                if (!cell.kind().compilation.isEmpty()) {
                    command.add(cell.kind().compilation);
                }
                // The compiler's own runtime has room for a few values only, and loses the others.
                command.addAll(List.of("-mllvm", "-vp-counters-per-site=100"));
                command.addAll(List.of("-fprofile-generate", "-c", name + ".c", "-o", object));
                run(SOURCES, command);
                objects.add(object);
            }
            return objects;
        });
    }

    /** The objects, with the archive in its place. */
    private static List<String> inputs(Cell cell, List<String> objects, List<String> archive) {
        List<String> inputs = new ArrayList<>(objects);
        int index =
                switch (cell.position()) {
                    case FIRST -> 0;
                    case MIDDLE -> 1;
                    case LAST -> objects.size();
                };
        inputs.addAll(index, archive);
        return inputs;
    }

    private Path link(Cell cell, List<String> archive) {
        List<String> objects = objects(cell);
        return switch (cell.kind()) {
            case RELOCATABLE -> linkRelocatable(cell, inputs(cell, objects, archive));
            case SHARED -> {
                Path library = directory.resolve("library.so");
                driver(cell, library, "-shared", inputs(cell, List.of(objects.get(0), objects.get(2)), archive));
                List<String> inputs = inputs(cell, List.of(objects.get(1)), archive);
                inputs.addAll(List.of(library.toString(), "-Wl,-rpath," + directory));
                yield driver(cell, directory.resolve("program"), cell.kind().link, inputs);
            }
            default -> driver(cell, directory.resolve("program"), cell.kind().link, inputs(cell, objects, archive));
        };
    }

    private Path linkRelocatable(Cell cell, List<String> inputs) {
        Path object = directory.resolve("all.o");
        List<String> command =
                new ArrayList<>(List.of(cell.program(), "-r", "-u", "__llvm_profile_runtime", "-o", object.toString()));
        command.addAll(inputs);
        run(directory, command);
        return driver(cell, directory.resolve("program"), cell.kind().link, List.of(object.toString()));
    }

    private Path driver(Cell cell, Path output, String option, List<String> inputs) {
        List<String> command = new ArrayList<>(
                List.of(cell.compiler(), "-O2", "-fprofile-generate", "-fuse-ld=" + cell.linkerName(), option, "-o"));
        command.add(output.toString());
        command.addAll(cell.target().options());
        command.addAll(inputs);
        run(directory, command);
        return output;
    }

    private static void run(Path where, List<String> command) {
        Shell.in(where).run(command.toArray(String[]::new)).ok();
    }

    private static String[] command(Cell cell, Path program) {
        List<String> command = new ArrayList<>(cell.target().runner());
        command.add(program.toString());
        return command.toArray(String[]::new);
    }

    private ProfileText runStock(Path program, Cell cell) {
        Shell shell = Shell.in(directory)
                .with("LLVM_PROFILE_FILE", directory.resolve("%m.profraw").toString());
        shell.run(command(cell, program)).ok();
        String script = "\"$1\" merge -o all.profdata *.profraw; rm *.profraw;"
                + " \"$1\" show --all-functions --counts --ic-targets --memop-sizes all.profdata";
        return ProfileText.parse(
                shell.bash(script, "llvm-profdata-" + cell.clang()).ok().output());
    }

    private List<PublishedImage> published() throws IOException {
        List<PublishedImage> images = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(segments, "s-*")) {
            for (Path file : files) {
                images.add(PublishedImage.read(file));
            }
        }
        return images;
    }
}
