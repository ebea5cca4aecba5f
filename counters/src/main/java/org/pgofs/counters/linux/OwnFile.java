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

/** Files of root's in a sticky directory into which everybody may put files. */
public final class OwnFile {
    private static final Logger LOG = LoggerFactory.getLogger(OwnFile.class);

    private static final String ASIDE = "aside-";

    /** How often one is made, if somebody else is always faster. */
    private static final int TRIES = 100;

    private OwnFile() {}

    public interface Making {
        void make() throws IOException;
    }

    /**
     * Makes a file of ours, unless it is there. A user may make one of that name before, and at any moment between a look
     * and what follows from it: that is moved out of the way, and the store reports it under its new name. What is root's
     * nobody else can replace, as the directory is sticky.
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

    /** Moves what has the name of a file of ours and is none out of the way. */
    public static void setAsideForeign(Path file, boolean isDirectory, FileChanges changes) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isOwn(file, isDirectory)) {
            Path aside = file.resolveSibling(ASIDE + UUID.randomUUID());
            changes.rename(file, aside);
            LOG.warn("{} was made by somebody else: renamed to {}", file, aside);
        }
    }
}
