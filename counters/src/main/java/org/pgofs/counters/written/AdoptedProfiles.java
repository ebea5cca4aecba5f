package org.pgofs.counters.written;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.SampledMember;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.linux.OverBoundException;
import org.pgofs.counters.segment.ImageCatalog;

/**
 * The profiles of one file by their images, which the store knows from now on. Guarded by the store's lock.
 *
 * @param samples of each image, in the order in which they were written
 */
public record AdoptedProfiles(Map<ImageCounters, List<SampledMember>> samples) {
    /**
     * Adopts the images of all profiles, or none of them.
     *
     * @param name of images that are not known yet
     * @param owner who is charged for those
     * @throws OverBoundException if there is no room
     * @throws InvalidFileException if one is no image
     */
    public static AdoptedProfiles adopt(ImageCatalog images, String name, int owner, List<PreparedProfile> profiles)
            throws IOException, InvalidFileException {
        Map<ImageCounters, List<SampledMember>> samples = new LinkedHashMap<>();
        try {
            for (PreparedProfile profile : profiles) {
                ImageCounters image = images.adopt(profile.file(), profile.digest(), name, owner);
                samples.computeIfAbsent(image, key -> new ArrayList<>())
                        .add(new SampledMember("profile", owner, OptionalInt.empty(), profile.sample()));
            }
            for (ImageCounters image : samples.keySet()) {
                if (images.image(image.image().digest()) != image) { // it went to make room for another one
                    throw new OverBoundException("has more images than there is room for");
                }
            }
            return new AdoptedProfiles(samples);
        } catch (IOException | InvalidFileException | RuntimeException | Error e) {
            samples.keySet().forEach(images::forgetIfEmpty);
            throw e;
        }
    }
}
