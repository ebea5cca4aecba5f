package org.pgofs.daemon.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Files that other tools may be given. A process says where its program lies; and a tool that reads that file has whatever
 * rights the caller has. So the file must be one that only the caller or root can have put there.
 */
public final class TrustedFile {
    private static final int OTHERS_WRITE = 022;
    private static final int STICKY = 01000;

    private TrustedFile() {}

    /**
     * Checks a file.
     *
     * @param file its path
     * @return where it is, without links
     * @throws IOException if it is not there, or somebody else can change it; the message is one line
     */
    public static Path of(Path file) throws IOException {
        Path real;
        try {
            real = file.toRealPath();
        } catch (IOException e) {
            throw new IOException("the program " + file + " is not there any more", e);
        }
        Object caller = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        for (Path path = real; path != null; path = path.getParent()) {
            Map<String, Object> attributes = Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
            int mode = (Integer) attributes.get("mode");
            Object owner = attributes.get("uid");
            boolean isOwned = owner.equals(0) || owner.equals(caller);
            // In such a directory nobody can rename or delete what belongs to another.
            boolean isSticky = (mode & STICKY) != 0 && !path.equals(real);
            if (!isOwned || ((mode & OTHERS_WRITE) != 0 && !isSticky)) {
                throw new IOException("others than you can change " + path);
            }
        }
        if (!Files.isRegularFile(real)) {
            throw new IOException("the program " + file + " is no file");
        }
        return real;
    }
}
