package org.pgofs.daemon;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pgofs.fs.fuse.Mount;
import org.pgofs.fs.fuse.MountException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs status}. */
@Command(
        name = "status",
        description = "Show images, processes and counts; also what was dropped or refused, and why.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Parameters(paramLabel = "MOUNTPOINT", description = "The mount point, as given to pgofs mount.")
    private Path mountPoint;

    @Override
    public Integer call() throws IOException {
        spec.commandLine().getOut().print(read(mountPoint, json ? PgoTree.STATUS_JSON : "status"));
        spec.commandLine().getOut().flush();
        return CommandLine.ExitCode.OK;
    }

    /** What the kernel says of a mount without a process. */
    private static final String DEAD = "Transport endpoint is not connected";

    /** Reads a file of {@code pgo/}. */
    static String read(Path mountPoint, String name) throws IOException {
        Path file = mountPoint.resolve("pgo").resolve(name);
        try {
            Mount.require(mountPoint);
            return Files.readString(file);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    mountPoint + " is open to its owner alone: use sudo, or mount with -o uid= or mode=", e);
        } catch (MountException e) {
            throw e;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).endsWith(DEAD)) {
                throw new IOException(
                        "the daemon of " + mountPoint + " was killed: pgofs mount " + mountPoint
                                + " repairs it, umount " + mountPoint + " removes it",
                        e);
            }
            throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
