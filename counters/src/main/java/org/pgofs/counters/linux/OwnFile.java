package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that root owns in a sticky directory into which everybody may put files. */
public final class OwnFile {
    private static final Logger LOG = LoggerFactory.getLogger(OwnFile.class);

    private static final String ASIDE = "aside-";

    /** How often making one is tried, if another process is always faster. */
    private static final int TRIES = 100;

    private OwnFile() {}

    public interface Making {
        void make() throws IOException;
    }

    /**
     * Makes a file of pgofs, unless it exists. A user may make a file of that name first, even between the check and
     * the making. The user's file is moved aside, and the store reports it under its new name. Nobody can replace a
     * file that root owns, since the directory is sticky.
     */
    public static void make(Path file, boolean isDirectory, FileChanges changes, Making making) throws IOException {
        for (int i = 0; i < TRIES && !isOwn(file, isDirectory); i++) {
            setAsideForeign(file, isDirectory, changes);
            try {
                making.make();
            } catch (IOException e) {
                if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    throw e;
                }
                LOG.debug("another process has made {}", file, e);
            }
        }
        if (!isOwn(file, isDirectory)) {
            throw new IOException("another process keeps creating " + file + ": see who owns the files named "
                    + file.resolveSibling(ASIDE) + "*, and stop that user's process");
        }
    }

    private static boolean isOwn(Path file, boolean isDirectory) throws IOException {
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return (isDirectory ? attributes.isDirectory() : attributes.isRegularFile())
                    && Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            .equals(0);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Moves a foreign file aside that has the name of a file of pgofs. */
    public static void setAsideForeign(Path file, boolean isDirectory, FileChanges changes) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isOwn(file, isDirectory)) {
            Path aside = file.resolveSibling(ASIDE + UUID.randomUUID());
            changes.rename(file, aside);
            LOG.warn("{} was made by somebody else: renamed to {}", file, aside);
        }
    }
}
