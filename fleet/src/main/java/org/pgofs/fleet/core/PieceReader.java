package org.pgofs.fleet.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.format.Variant;
import org.pgofs.profraw.KnownRecords;
import org.pgofs.profraw.ParsedProfile;
import org.pgofs.profraw.RawProfileReader;

/**
 * Reads raw profiles, which may be anything. Most pieces of an image differ in their counts alone: what the last one had
 * besides is not checked again. Not thread-safe.
 */
public final class PieceReader {
    private final KnownRecords records = new KnownRecords();
    private ImageStructure last;

    /** A reader that has read nothing. */
    public PieceReader() {}

    /**
     * Reads a file of one raw profile or more.
     *
     * @param raw the remaining bytes are the file; not to be changed as long as the pieces are used
     * @return the counts of each profile
     * @throws IOException if it is not a sequence of whole profiles of one variant; the message says why
     */
    public List<Piece> read(ByteBuffer raw) throws IOException {
        List<ParsedProfile> profiles = RawProfileReader.readAll(raw, records);
        if (profiles.isEmpty()) {
            throw new IOException("bad raw profile: it is empty");
        }
        List<Piece> pieces = new ArrayList<>();
        for (ParsedProfile profile : profiles) {
            if (Variant.bits(profile.rawVersion())
                    != Variant.bits(profiles.get(0).rawVersion())) {
                throw new IOException("its raw profiles are instrumented in different ways");
            }
            if (last == null || !last.isOf(profile)) {
                last = new ImageStructure(profile);
            }
            pieces.add(new Piece(last, profile));
        }
        return pieces;
    }
}
