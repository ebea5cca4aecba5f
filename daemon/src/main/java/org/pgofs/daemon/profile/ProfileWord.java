package org.pgofs.daemon.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.pgofs.profdata.read.IndexedContent;

/** What words of the command line mean: files with profiles, or images in a mount. */
final class ProfileWord {
    private static final int MOST_PRINTED = 200;

    private ProfileWord() {}

    /** The profile in a file. */
    static IndexedContent file(Path file) throws IOException {
        try {
            return ProfileInput.read(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " does not exist", e);
        }
    }

    /** The profile of an image, as it is now. */
    static IndexedContent image(String word, Path mountPoint) throws IOException {
        ServedImages images = ServedImages.of(mountPoint);
        return ProfileInput.read(images.file(ImageChoice.of(images.list(), word), "profdata"));
    }

    /** A profile, if there is a file of that name and it is one, or else an image: its program may lie there too. */
    static IndexedContent fileOrImage(String word, Path mountPoint) throws IOException {
        return isProfile(word) ? file(path(word)) : image(word, mountPoint);
    }

    /** Whether a word means a file with a profile, and no image. */
    static boolean isProfile(String word) throws IOException {
        return word.indexOf('/') >= 0 || (isFile(word) && ProfileInput.isProfile(path(word)));
    }

    /** Whether a word means a file: one with a slash does, and else one that is there. */
    static boolean isFile(String word) {
        return word.indexOf('/') >= 0 || Files.isRegularFile(path(word));
    }

    /** Relative to where the caller is. */
    static Path path(String word) {
        return Path.of(System.getProperty("pgofs.directory", System.getProperty("user.dir")))
                .resolve(word);
    }

    /** A name from a file, which may be anything. */
    static String printable(String name) {
        String begin = name.length() > MOST_PRINTED ? name.substring(0, MOST_PRINTED) + "..." : name;
        return begin.replaceAll("[^\\p{Graph}]", "?");
    }
}
