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
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("org.pgofs.it.Toolchain#tested")
    void shouldCountAsTheCompilersOwnRuntimeDoes(Toolchain toolchain) throws Exception {
        List<Object> inputs = new ArrayList<>();
        if (toolchain.hasVtables()) {
            inputs.addAll(List.of("-mllvm", "-enable-vtable-value-profiling"));
        }
        inputs.addAll(List.of(Checkout.SOURCES.resolve("c/shapes.cc"), "-lstdc++", "-lm"));
        String show = new StockComparison(toolchain, directory)
                .assertSame(
                        (shell, program) -> shell.run(program.toString()).ok().output(),
                        StockComparison.arguments(inputs.toArray()));
        assertTrue(show.contains("Indirect Target Results"), show);
        assertTrue(!toolchain.hasVtables() || show.contains("VTable Results"), show);
    }
}
