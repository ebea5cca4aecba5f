package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On C++ with virtual calls, templates, exceptions and std::function we count as the compiler's own runtime does. */
final class CxxIT {
    private static final List<String> VTABLES = List.of("-mllvm", "-enable-vtable-value-profiling");

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldCountAsTheCompilersOwnRuntimeDoes(Toolchain toolchain) throws Exception {
        String show = new StockComparison(toolchain, directory)
                .assertSame(
                        (shell, program) -> shell.run(program.toString()).ok().output(),
                        compile(toolchain, "shapes.cc", toolchain.hasVtables() ? VTABLES : List.of()),
                        compile(toolchain, "functions.cc", List.of()),
                        "-lstdc++",
                        "-lm");
        assertTrue(show.contains("Indirect Target Results"), show);
        assertTrue(!toolchain.hasVtables() || show.contains("VTable Results"), show);
    }

    private Path compile(Toolchain toolchain, String source, List<String> flags) {
        List<Object> arguments = new ArrayList<>(flags);
        arguments.addAll(List.of("-c", Checkout.SOURCES.resolve("c").resolve(source)));
        return toolchain.stock(directory.resolve(source + ".o"), StockComparison.arguments(arguments.toArray()));
    }
}
