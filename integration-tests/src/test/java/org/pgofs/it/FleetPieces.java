package org.pgofs.it;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.pgofs.fleet.store.ImageId;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceInfo;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.fleet.store.Stores;

/** Pieces of a real program, which the compiler's own runtime wrote. */
final class FleetPieces {
    private static final ImageId IMAGE = new ImageId("server", "0123456789abcdef");

    private FleetPieces() {}

    /** A raw profile with one call of main. */
    static byte[] raw(Path directory) throws IOException {
        Shell.in(directory)
                .bash("echo 'int main(void) { return 0; }' >server.c; clang-14 -fprofile-generate server.c -o server;"
                        + "LLVM_PROFILE_FILE=server.profraw ./server")
                .ok();
        return Files.readAllBytes(directory.resolve("server.profraw"));
    }

    /** Puts a profile into a store, as that of a host. */
    static void add(String store, Instant hour, String host, byte[] raw) throws IOException {
        PieceName name = new PieceName(IMAGE, "ir", hour, host, "0".repeat(32), 1);
        PieceInfo info = new PieceInfo(host, hour, hour, 1, 1, 8, raw.length, List.of(), Map.of());
        try (ObjectStore opened = Stores.open(store)) {
            opened.writeIfAbsent(name.infoPath(), info.toJson().getBytes(StandardCharsets.UTF_8));
            opened.writeIfAbsent(name.path(), Zstd.compress(raw));
        }
    }
}
