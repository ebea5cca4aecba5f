package org.pgofs.daemon;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.PerImage;
import org.pgofs.daemon.status.StatusReport;
import org.pgofs.profdata.SharedFunctions;

/** What the status says of the files of profiles. Thread-safe. */
final class ServedProfiles implements StatusReport.Served {
    private final Profiles profiles;
    private final IndexedProfiles indexed;
    private final PerImage<Object> tokens = new PerImage<>(image -> new Object());
    private volatile Merged merged = new Merged(List.of(), 0);

    /** How many functions some images share, for which others stand: as long as they are the same, so is the number. */
    private record Merged(List<Object> images, long functions) {}

    ServedProfiles(Profiles profiles, IndexedProfiles indexed) {
        this.profiles = profiles;
        this.indexed = indexed;
    }

    @Override
    public List<String> leftOut(Image image) {
        return Stream.concat(
                        profiles.leavesOut(image).stream(),
                        Profiles.canWrite(image) ? indexed.leavesOut(image).stream() : Stream.empty())
                .toList();
    }

    @Override
    public Map<String, Long> notInProfraw(List<Image> images) {
        return PgoTree.notInProfraw(images);
    }

    @Override
    public long merged(List<Image> images) {
        List<Image> inProfdata = PgoTree.main(images);
        List<Object> current = inProfdata.stream().map(tokens::of).toList();
        Merged known = merged;
        if (!known.images.equals(current)) {
            known = new Merged(current, SharedFunctions.count(inProfdata));
            merged = known;
        }
        return known.functions;
    }

    @Override
    public int indexedVersion(Image image) {
        return indexed.version(image);
    }
}
