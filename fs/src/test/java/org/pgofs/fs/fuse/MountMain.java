package org.pgofs.fs.fuse;

import java.io.IOException;
import java.nio.file.Path;
import org.pgofs.fs.Directory;
import org.pgofs.fs.PseudoFile;

/** Mounts in a process of its own, says so on standard output, and stays until it is unmounted or killed. */
final class MountMain {
    private MountMain() {}

    /**
     * Mounts.
     *
     * @param arguments the mount point, and the size of its file {@code data} in bytes
     */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws InterruptedException {
        Directory root =
                Directory.fixed().add("data", new PseudoFile(0444, BytesFile.pattern(Integer.parseInt(arguments[1]))));
        try (Mount mount = Mount.mount(Path.of(arguments[0]), root, MountOptions.DEFAULT, failure -> {})) {
            Runtime.getRuntime().addShutdownHook(new Thread(mount::close));
            System.out.println("mounted");
            mount.awaitUnmount();
        } catch (IOException e) {
            System.out.println(e.getMessage());
            System.exit(1);
        }
    }
}
