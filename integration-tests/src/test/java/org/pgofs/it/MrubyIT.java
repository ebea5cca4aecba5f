package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On mruby, an interpreter that calls most of what it does through pointers, we count as the compiler's own runtime. */
final class MrubyIT {
    /** Its method cache is hashed by addresses. */
    private static final String WITHOUT_ADDRESSES = "-DMRB_NO_METHOD_CACHE";

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldCountAsTheCompilersOwnRuntimeDoes(Toolchain toolchain) throws Exception {
        Path source = Checkout.source("mruby", "files");
        List<Object> link = new ArrayList<>(compile(toolchain, source));
        link.add("-lm");
        String show = new StockComparison(toolchain, directory).assertSame(MrubyIT::ruby, link.toArray());
        assertTrue(show.contains("mrb_vm_exec:"), "a profile of mruby");
        assertTrue(show.contains("struct.c;mrb_struct_") || show.contains("struct.c:mrb_struct_"), "static functions");
    }

    private static String ruby(Shell shell, Path program) {
        String output = shell.run(
                        program.toString(),
                        Checkout.SOURCES.resolve("sources/mruby.rb").toString())
                .ok()
                .output();
        assertTrue(output.endsWith("the end\n"), output);
        return output;
    }

    /** All at once: this is what takes long. */
    private List<Path> compile(Toolchain toolchain, Path source) throws IOException {
        return Files.readAllLines(source.resolve("files")).parallelStream()
                .map(file -> toolchain.stock(
                        directory.resolve(file.replace('/', '_') + ".o"),
                        StockComparison.arguments(
                                "-c",
                                source.resolve(file),
                                "-w",
                                WITHOUT_ADDRESSES,
                                "-I" + source.resolve("include"),
                                "-I" + source.resolve("build/host/include"))))
                .toList();
    }
}
