package org.pgofs.counters;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pgofs.counters.counts.Counts;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.counts.ImageCounters.Baseline;
import org.pgofs.counters.counts.MemberReader;
import org.pgofs.counters.counts.SampledMember;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.linux.OverBoundException;
import org.pgofs.counters.segment.ImageCatalog;
import org.pgofs.counters.written.AdoptedProfiles;
import org.pgofs.counters.written.PreparedProfile;

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
     * @param profiles in the order in which they were written: of several of one image the highest counts count, see
     *     {@link ImageCounters#countsOf(List, MemberReader)}
     * @return the names of the images, each once
     * @throws IOException if they cannot be added; the message says why, without the name of a file
     */
    List<String> add(String name, int owner, List<PreparedProfile> profiles) throws IOException {
        AdoptedProfiles adopted;
        try {
            adopted = AdoptedProfiles.adopt(images, name, owner, profiles);
        } catch (InvalidFileException e) {
            throw new IOException(e.getMessage(), e);
        }
        Set<ImageCounters> added = adopted.samples().keySet();
        try {
            Map<ImageCounters, Baseline> baselines = new LinkedHashMap<>();
            for (Map.Entry<ImageCounters, List<SampledMember>> entry :
                    adopted.samples().entrySet()) {
                ImageCounters image = entry.getKey();
                Counts counts = image.countsOf(entry.getValue(), reader);
                if (counts.values().size() > images.memoryLeft(image) / SampledMember.VALUE_BYTES) {
                    throw new OverBoundException("has more values than there is room for: "
                            + counts.values().size());
                }
                baselines.put(image, image.baselineWith(counts));
            }
            ledger.change(baselines);
        } catch (IOException | RuntimeException | Error e) {
            added.forEach(images::forgetIfEmpty);
            throw e;
        }
        added.forEach(images::markChanged);
        return added.stream().map(image -> image.image().name()).toList();
    }
}
