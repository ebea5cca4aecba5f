package org.pgofs.counters;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.pgofs.counters.format.Area;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.SegmentLayout;
import org.pgofs.counters.image.ImageNames;

/** Headers of segments: of those that are accepted the areas lie in the file, one behind another. */
public final class SegmentHeaderFuzz {
    private SegmentHeaderFuzz() {}

    /**
     * Tries one.
     *
     * @param input the beginning of a segment; what is missing is 0
     */
    public static void fuzzerTestOneInput(byte[] input) {
        ByteBuffer header =
                ByteBuffer.wrap(Arrays.copyOf(input, SegmentLayout.SIZE)).order(ByteOrder.LITTLE_ENDIAN);
        long fileSize = header.getLong(SegmentLayout.FILE_SIZE);
        SegmentLayout.Header accepted;
        try {
            accepted = SegmentLayout.read(header, fileSize);
        } catch (InvalidFileException e) {
            return;
        }
        long end = accepted.controlPage();
        for (Area area :
                new Area[] {accepted.counters(), accepted.bitmaps(), accepted.valueSites(), accepted.relocated()}) {
            if (area.size() != 0
                    && (area.size() < 0 || area.offset() < end || area.end() > fileSize || area.end() < end)) {
                throw new AssertionError(accepted);
            }
            end = Math.max(end, area.offset() + area.size());
        }
        ImageNames.of(accepted.path(), "00", name -> false);
        accepted.imageKey().fileName();
    }
}
