package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the store finds out whether a process still uses its segment. Both ways ask the kernel for a read lease, which it
 * grants when nobody has the file open for writing or mapped shared and writable; they differ in what permits it.
 */
public enum Liveness {
    /** CAP_LEASE permits it for every file. */
    LEASE("lease"),

    /** The owner of a file needs no CAP_LEASE: with CAP_SETUID, the thread takes the owner's uid for a moment. */
    LEASE_AS_OWNER("lease, as the owner of each file: CAP_LEASE is missing");

    private static final Logger LOG = LoggerFactory.getLogger(Liveness.class);
    private static final int ANOTHER_USER = 65534;

    private final String text;

    Liveness(String text) {
        this.text = text;
    }

    /**
     * The way in words.
     *
     * @return one phrase
     */
    public String text() {
        return text;
    }

    /**
     * Tries both ways on a file of another user.
     *
     * @param directory root's own, on the file system of the segments
     * @throws IOException if there is no way; the message is one line that says what to do
     */
    public static Liveness find(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "lease", "");
        int fd = Linux.openForReading(file);
        try {
            Files.setAttribute(file, "unix:uid", ANOTHER_USER);
            if (Linux.readLease(fd) != Linux.Lease.FORBIDDEN) {
                return LEASE;
            }
            if (Linux.readLeaseAsOwner(fd) != Linux.Lease.FORBIDDEN) {
                return LEASE_AS_OWNER;
            }
        } catch (IOException e) {
            LOG.info("leases of other users' files cannot be tried: {}", e.getMessage());
            return LEASE_AS_OWNER;
        } finally {
            Linux.close(fd);
            Files.delete(file);
        }
        throw new IOException("cannot find out when programs end: give the daemon CAP_LEASE, or else CAP_SETUID");
    }
}
