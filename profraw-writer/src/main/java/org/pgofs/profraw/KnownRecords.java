package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The function records of the profile that was read last. Profiles of one image have the same ones, which take longer to read than
 * everything else: those are not read again. Not thread-safe.
 */
public final class KnownRecords {
    private RecordReader reader;
    private ByteBuffer bytes;
    private List<ParsedFunction> functions = List.of();

    /** None yet. */
    public KnownRecords() {}

    List<ParsedFunction> read(RecordReader with, ByteBuffer records, int maxSites) throws MalformedProfileException {
        if (!with.equals(reader) || !records.equals(bytes) || sites() > maxSites) {
            List<ParsedFunction> read = with.readAll(new RawInput(records), maxSites);
            ByteBuffer copy = ByteBuffer.allocate(records.remaining()).put(records.duplicate());
            functions = read;
            bytes = copy.flip();
            reader = with;
        }
        return functions;
    }

    private int sites() {
        if (functions.isEmpty()) {
            return 0;
        }
        ParsedFunction last = functions.get(functions.size() - 1);
        return last.valueSite()
                + last.sites().stream().mapToInt(Integer::intValue).sum();
    }
}
