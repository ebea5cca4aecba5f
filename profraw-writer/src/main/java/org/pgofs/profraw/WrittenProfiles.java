package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.counts.SampledMember.Sample;
import org.pgofs.counters.counts.ValueList;
import org.pgofs.counters.image.LoadedImage;
import org.pgofs.counters.process.WrittenProfile;

/** Reads the files that the compiler's own runtime writes, for the store. */
public final class WrittenProfiles {
    private WrittenProfiles() {}

    /**
     * Reads all profiles of a file.
     *
     * @param bytes the remaining bytes are the file; they may be anything, are kept, and not to be changed
     * @return one for each image, and for each time that it was written, in their order
     * @throws MalformedProfileException if the file is not a sequence of whole profiles
     */
    public static List<WrittenProfile> read(ByteBuffer bytes) throws MalformedProfileException {
        List<WrittenProfile> profiles = new ArrayList<>();
        for (ParsedProfile profile : RawProfileReader.readAll(bytes)) {
            profiles.add(of(profile));
        }
        return profiles;
    }

    private static WrittenProfile of(ParsedProfile profile) {
        LoadedImage image = new LoadedImage(
                new LoadedImage.Parts(
                        profile.rawVersion(),
                        profile.binaryIds(),
                        profile.counters().remaining(),
                        profile.bitmaps().remaining(),
                        profile.names(),
                        profile.vtables(),
                        profile.vtableNames()),
                profile.functions().stream().map(ParsedFunction::loaded).toList());
        ValueList values = new ValueList();
        profile.values().forEach((site, value, count) -> values.add(site, image.canonical(site, value), count));
        return new WrittenProfile(
                image, new Sample(profile.counters().slice(), profile.bitmaps().slice(), values));
    }
}
