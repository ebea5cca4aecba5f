package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lua from Debian's source, with the compiler's own runtime. */
final class LuaIT {
    @TempDir
    Path directory;

    static Stream<Toolchain> toolchains() {
        return Stream.of(14, 19, 22).limit(Checkout.FULL ? Long.MAX_VALUE : 1).map(Toolchain::new);
    }

    @ParameterizedTest
    @MethodSource("toolchains")
    void shouldBeServedWhileItWaitsAsItWouldWriteItself(Toolchain toolchain) throws IOException {
        List<Object> inputs = new ArrayList<>(List.of("-O1", "-w", WaitingProgram.DUMP, "-lm"));
        try (Stream<Path> files = Files.list(Checkout.source("lua", "lua.c"))) {
            files.filter(file -> file.toString().endsWith(".c")).sorted().forEach(inputs::add);
        }
        Path program = toolchain.stock(directory.resolve("lua"), inputs.toArray());
        Path script = Checkout.SOURCES.resolve("sources/lua.lua");
        try (WaitingProgram lua = new WaitingProgram(directory, List.of(program.toString(), script.toString()))) {
            lua.await("the end\n");
            String show = lua.assertServed(toolchain, () -> {
                lua.tell(Files.writeString(directory.resolve("more"), "one\ntwo\n"));
                lua.await("more 2\n");
            });
            assertTrue(show.contains("luaV_execute:") && show.contains("Indirect Target Results"), "a profile of Lua");
        }
    }
}
