package org.pgofs.fleet.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.pgofs.profdata.IndexedProfile;
import org.pgofs.profdata.format.IndexedLayout;

/**
 * The indexed profile of a sum: the same bytes for the same pieces.
 *
 * @param bytes of the profile, all of them remaining
 * @param functions how many it has
 * @param functionsThatRan of how many something was counted
 * @param total the sum of all counters, or how many are set where counters are marks; 0 to 2^63-1
 * @param otherShapes how many are left out, of functions that pieces have with other numbers of counters or value sites
 */
public record MergedProfile(ByteBuffer bytes, int functions, int functionsThatRan, long total, int otherShapes) {
    /**
     * Makes the profile of a sum, in the lowest version of the format that loses nothing.
     *
     * @param name what the image is called in messages
     * @param sum not empty
     * @return its profile
     * @throws IOException if it has more than a profile can have, or there is no memory; the message says so
     */
    public static MergedProfile of(String name, MergedImage sum) throws IOException {
        ResultImage image = new ResultImage(name, sum);
        List<ResultImage> images = List.of(image);
        ByteBuffer bytes = new IndexedProfile(images, IndexedLayout.lowest(images)).bytes(List.of(image.snapshot()));
        return new MergedProfile(
                bytes, image.functions(), image.functionsThatRan(), image.total(), image.otherShapes());
    }
}
