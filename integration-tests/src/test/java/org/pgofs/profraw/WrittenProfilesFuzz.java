package org.pgofs.profraw;

import java.nio.ByteBuffer;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.process.WrittenProfile;

/** Raw profiles that programs wrote: what is accepted becomes an image file, which may still be refused. */
public final class WrittenProfilesFuzz {
    private WrittenProfilesFuzz() {}

    /**
     * Tries one.
     *
     * @param input a file
     */
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            for (WrittenProfile profile : WrittenProfiles.read(ByteBuffer.wrap(input))) {
                StoredImage image = StoredImage.read(profile.image().toImageFile(), "/fuzz", name -> false);
                if (profile.sample().counters().limit() != image.sectionSize()) {
                    throw new AssertionError("the counters of another image");
                }
            }
        } catch (MalformedProfileException | InvalidFileException e) {
            // As documented.
        }
    }
}
