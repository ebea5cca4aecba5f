package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What build systems find of pgofs when they build for AArch64. The project is {@code orders} of the documents. */
final class CrossBuildIT {
    @TempDir
    Path directory;

    /** Has toolchain.cmake, which names the target, and named.cmake, whose compiler has it in its name. */
    @BeforeEach
    void project() {
        shell().bash(
                        """
                        cp "$1"/*.[ch] .
                        mkdir names
                        ln -s "$(command -v clang-19)" names/aarch64-linux-gnu-clang
                        printf 'set(CMAKE_SYSTEM_NAME Linux)\\nset(CMAKE_SYSTEM_PROCESSOR aarch64)\\n' | tee toolchain.cmake >named.cmake
                        printf 'set(CMAKE_C_COMPILER clang-19)\\nset(CMAKE_C_COMPILER_TARGET aarch64-linux-gnu)\\n' >>toolchain.cmake
                        echo "set(CMAKE_C_COMPILER $PWD/names/aarch64-linux-gnu-clang)" >>named.cmake
                        cat >CMakeLists.txt <<'END'
                        cmake_minimum_required(VERSION 3.15)
                        project(orders C)
                        find_package(pgofs REQUIRED)
                        add_executable(orders main.c price.c log.c)
                        pgofs_instrument(orders)
                        END
                        cat >Makefile <<'END'
                        CC = clang-19 --target=aarch64-linux-gnu
                        orders: main.o price.o log.o ; $(CC) $^ -o $@
                        include $(shell pgofs config --makefile)
                        END
                        cat >meson.build <<'END'
                        project('orders', 'c')
                        executable('orders', 'main.c', 'price.c', 'log.c', dependencies: dependency('pgofs'))
                        END
                        cat >cross.ini <<'END'
                        [binaries]
                        c = ['clang-19', '--target=aarch64-linux-gnu']
                        ar = 'llvm-ar-19'
                        strip = 'llvm-strip-19'
                        pkgconfig = 'pkg-config'
                        [host_machine]
                        system = 'linux'
                        cpu_family = 'aarch64'
                        cpu = 'aarch64'
                        endian = 'little'
                        END
                        """,
                        Checkout.SOURCES.resolve("resources/workflow/orders"))
                .ok();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "clang-19 --target=aarch64-linux-gnu $(pkg-config --cflags --libs pgofs) *.c -o orders",
                "make CONFIG_PGO_CLANG=y",
                "make CONFIG_PGO_CLANG=y CC=names/aarch64-linux-gnu-clang",
                "cmake -G Ninja -S . -B . -DCMAKE_TOOLCHAIN_FILE=toolchain.cmake; cmake --build .",
                "cmake -G Ninja -S . -B . -DCMAKE_TOOLCHAIN_FILE=named.cmake; cmake --build .",
                "sed -i s/PROCESSOR.aarch64/PROCESSOR\\ arm64/ named.cmake; cmake -G Ninja -S . -B . -DCMAKE_TOOLCHAIN_FILE=named.cmake; cmake --build .",
                "meson setup --cross-file cross.ini built; ninja -C built; cp built/orders .",
            })
    void shouldPublish(String commands) throws Exception {
        shell().bash(
                        "PKG_CONFIG_PATH=$(pgofs config --pkg-config-path --target aarch64-linux-gnu); export PKG_CONFIG_PATH;"
                                + commands)
                .ok();
        assertPublishes();
    }

    /** rustc makes code for all machines; the libraries are those of the other one. */
    @Test
    void shouldPublishFromRust() throws Exception {
        shell().bash(
                        """
                        echo 'fn main() { println!("{}", std::env::args().count()) }' >main.rs
                        /usr/bin/rustc -O --target aarch64-unknown-linux-gnu --sysroot "$1" -Clinker=aarch64-linux-gnu-gcc \
                          $(pgofs config --rustflags --target aarch64-unknown-linux-gnu) main.rs -o orders
                        """,
                        Target.arm64().resolve("usr"))
                .ok();
        assertPublishes();
    }

    @Test
    void shouldSayThatThereIsNoRuntimeForTheMachine() {
        Shell.Result result = shell().bash(
                        "sed -i s/PROCESSOR.aarch64/PROCESSOR\\ riscv64/ named.cmake; cmake -G Ninja -S . -B . -DCMAKE_TOOLCHAIN_FILE=named.cmake");
        assertEquals(1, result.status());
        assertTrue(
                result.errors()
                        .replaceAll("\\s+", " ")
                        .contains("there is no runtime for 'riscv64-linux': there is for"),
                result.errors());
    }

    private void assertPublishes() throws Exception {
        try (PgofsMount mount = PgofsMount.prepare(Files.createDirectory(directory.resolve("apart")))) {
            String errors = mount.shell()
                    .with("PGOFS_VERBOSE", "1")
                    .bash(Target.AARCH64.command() + " \"$1\"", directory.resolve("orders"))
                    .ok()
                    .errors();
            assertTrue(errors.contains("published as s-"), errors);
        }
    }

    private Shell shell() {
        return Shell.in(directory).with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"));
    }
}
