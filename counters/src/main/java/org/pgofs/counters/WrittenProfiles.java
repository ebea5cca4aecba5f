package org.pgofs.counters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.ImageCounters.Baseline;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.SampledMember;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.linux.OverBoundException;
import org.pgofs.counters.process.WrittenProfile;
import org.pgofs.counters.segment.ImageCatalog;

/** Adds what processes wrote at their end: it counts as if they had published. Guarded by the store's lock. */
final class WrittenProfiles {
    private final ImageCatalog images;
    private final MemberReader reader;
    private final Ledger ledger;

    WrittenProfiles(ImageCatalog images, MemberReader reader, Ledger ledger) {
        this.images = images;
        this.reader = reader;
        this.ledger = ledger;
    }

    /**
     * Adds the profiles of one process durably, all or none.
     *
     * @param name for images that are not known yet
     * @param owner who is charged for those
     * @param profiles in the order in which they were written: each has all that was counted since the start, so of several
     *     of one image the last counts
     * @return the names of the images, each once
     * @throws IOException if they cannot be added; the message says why, without the name of a file
     */
    List<String> add(String name, int owner, List<WrittenProfile> profiles) throws IOException {
        Map<ImageCounters, SampledMember> last = new LinkedHashMap<>();
        List<ImageCounters> adopted = new ArrayList<>();
        try {
            for (WrittenProfile profile : profiles) {
                ImageCounters image = images.adopt(profile.image().toImageFile(), name, owner);
                adopted.add(image);
                last.put(image, new SampledMember("profile", owner, OptionalInt.empty(), profile.sample()));
            }
            Map<ImageCounters, Baseline> baselines = new LinkedHashMap<>();
            for (Map.Entry<ImageCounters, SampledMember> entry : last.entrySet()) {
                ImageCounters image = entry.getKey();
                if (images.image(image.image().digest()) != image) { // it went to make room for another one
                    throw new OverBoundException("has more images than there is room for");
                }
                long values = entry.getValue().sample().values().size();
                if (values > images.memoryLeft(image) / SampledMember.VALUE_BYTES) {
                    throw new OverBoundException("has more values than there is room for: " + values);
                }
                baselines.put(image, image.baselineWith(image.countsOf(entry.getValue(), reader)));
            }
            ledger.change(baselines);
        } catch (InvalidFileException e) {
            adopted.forEach(images::forgetIfEmpty);
            throw new IOException(e.getMessage(), e);
        } catch (IOException | RuntimeException | Error e) {
            adopted.forEach(images::forgetIfEmpty);
            throw e;
        }
        last.keySet().forEach(images::markChanged);
        return last.keySet().stream().map(image -> image.image().name()).toList();
    }
}
