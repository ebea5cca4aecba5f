package org.pgofs.counters.state;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pgofs.counters.state.Manifest.Carry;
import org.pgofs.counters.state.StateFile.DamagedException;
import org.pgofs.counters.state.StateFile.Kind;

/** Does to a state what a pgofs of before the running kernel does: it writes only what it knows, and deletes the rest. */
public final class OlderDaemon {
    private final Path directory;

    public OlderDaemon(Path directory) {
        this.directory = directory;
    }

    /** Takes the state up, and saves it again. */
    public void run() throws IOException, DamagedException {
        Manifest known = read().with(List.of());
        write(known);
        Set<String> used = new HashSet<>(known.fileNames());
        used.addAll(List.of(StateDirectory.MANIFEST, StateDirectory.LOCK, Reserve.NAME));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (!used.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
    }

    /** And resets all images, which have counts and no process. */
    public void reset() throws IOException, DamagedException {
        run();
        Manifest manifest = read();
        for (Carry carry : manifest.images()) {
            Path path = directory.resolve(carry.fileName());
            StateFile file = StateFile.decode(Files.readAllBytes(path));
            String image = file.text(Kind.IMAGE).lines().findFirst().orElseThrow();
            String withoutTimes = image.substring(0, image.lastIndexOf(' ', image.lastIndexOf(' ') - 1));
            file.with(Kind.IMAGE, withoutTimes + "\n").with(Kind.MANIFEST, manifest.toText());
            file.section(Kind.SUMS).put(new byte[file.section(Kind.SUMS).remaining()]);
            Files.write(path, file.encode().array());
        }
    }

    private Manifest read() throws IOException, DamagedException {
        return Manifest.parse(Files.readString(directory.resolve(StateDirectory.MANIFEST)));
    }

    private void write(Manifest manifest) throws IOException {
        Files.writeString(directory.resolve(StateDirectory.MANIFEST), manifest.toText());
    }
}
