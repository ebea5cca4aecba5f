package org.pgofs.counters.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens the memory of the running kernel, or says why that cannot be. */
final class KcoreAccess {
    private static final int CAP_SYS_RAWIO = 17;
    private static final String LOCKDOWN = "[confidentiality]";

    private KcoreAccess() {}

    /**
     * Opens it.
     *
     * @throws IOException if it cannot be read; the message is one line that says why, and what to do
     */
    static ElfCore open(KernelFiles files) throws IOException {
        Path core = files.core();
        try {
            return ElfCore.open(core);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    core + " does not exist: the kernel needs CONFIG_PROC_KCORE=y, or a container hides it", e);
        } catch (IOException e) {
            throw new IOException(reason(files, e), e);
        }
    }

    private static String reason(KernelFiles files, IOException failure) {
        Path core = files.core();
        if (text(files.sys().resolve("kernel/security/lockdown")).contains(LOCKDOWN)) {
            return core + " cannot be read: the kernel is locked down, boot without lockdown=confidentiality";
        }
        if (!hasRawIo(text(files.proc().resolve("self/status")))) {
            return core + " cannot be read: CAP_SYS_RAWIO is missing, give it to the container or to the unit";
        }
        if (failure instanceof ElfCore.EmptyException) {
            return core + " is hidden: by a container, or by ProtectKernelTunables=yes of a systemd unit";
        }
        return failure.getMessage();
    }

    private static boolean hasRawIo(String status) {
        for (String line : status.split("\n", 0)) {
            if (line.startsWith("CapEff:")) {
                return (Long.parseUnsignedLong(
                                        line.substring("CapEff:".length()).strip(), 16)
                                & 1L << CAP_SYS_RAWIO)
                        != 0;
            }
        }
        return true;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
