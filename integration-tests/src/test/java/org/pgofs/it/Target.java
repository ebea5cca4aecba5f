package org.pgofs.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a program is compiled for, and how it is run here. */
enum Target {
    /** This machine. */
    HERE("", ""),
    /** Compiled with Debian's cross packages, and run by QEMU. */
    AARCH64(
            "--target=aarch64-linux-gnu -noprofilelib -Wl,-u,__llvm_profile_runtime",
            "qemu-aarch64 -L /usr/aarch64-linux-gnu");

    private final String options;
    private final String command;

    Target(String options, String command) {
        this.options = options;
        this.command = command;
    }

    /**
     * For each call of the compiler. It looks for no runtime of its own for another machine, and asks for a runtime as it
     * does for this one.
     */
    List<String> options() {
        return words(options);
    }

    /** What runs a program, to be put before it. */
    List<String> runner() {
        return words(command);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
    }

    /** How a program is run by a shell. */
    String command() {
        return command;
    }

    /** What the names of its GNU tools begin with. */
    String binutils() {
        return this == HERE ? "" : "aarch64-linux-gnu-";
    }

    /** For {@code pgofs config}. */
    List<String> configuration() {
        return this == HERE ? List.of() : List.of("--target", "aarch64-linux-gnu");
    }

    /** The compiler's own runtime where it does not link that by itself. */
    List<String> stockRuntime(int version) {
        return this == HERE ? List.of() : List.of(archive(version).toString());
    }

    private static Path archive(int version) {
        Path clang = arm64().resolve("usr/lib/llvm-" + version + "/lib/clang");
        try (Stream<Path> versions = Files.list(clang)) {
            return versions.map(found -> found.resolve("lib/linux/libclang_rt.profile-aarch64.a"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A tree with parts of Debian for AArch64, fetched when it is needed first. */
    static Path arm64() {
        return Checkout.source("arm64", "complete-2");
    }
}
