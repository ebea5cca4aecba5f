package org.pgofs.daemon.top;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Names;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.ParsedProfile;

/**
 * What says which counters of an image are whose: it stays the same, and is read once.
 *
 * @param image its name
 * @param rawVersion of its profile
 * @param functions of the image
 * @param names of functions, by what records have for them
 */
record ImageRecords(String image, long rawVersion, List<ParsedFunction> functions, Map<Long, String> names) {
    /** Those of a profile. */
    static ImageRecords of(String image, ParsedProfile profile) {
        return new ImageRecords(image, profile.rawVersion(), profile.functions(), names(profile));
    }

    private static Map<Long, String> names(ParsedProfile profile) {
        FunctionNames names = new FunctionNames();
        try {
            Names.read(profile.names(), names);
        } catch (InvalidFileException e) {
            return Map.of(); // functions go by their numbers
        }
        return names.found();
    }

    /** What the functions counted. */
    List<FunctionCounts> counts(ByteBuffer counters) {
        int size = Variant.counterSize(rawVersion);
        int times = Variant.hasTimes(rawVersion) ? Long.BYTES / size : 0;
        List<FunctionCounts> counts = new ArrayList<>(functions.size());
        for (ParsedFunction function : functions) {
            long[] own = new long[Math.max(0, function.counters() - times)];
            for (int i = 0; i < own.length; i++) {
                int at = function.countersOffset() + (i + times) * size;
                own[i] = size == Long.BYTES ? counters.getLong(at) : counters.get(at) == 0 ? 1 : 0;
            }
            String name = Optional.ofNullable(names.get(function.nameRef())).orElse(Names.number(function.nameRef()));
            counts.add(new FunctionCounts(image, name, function.nameRef(), function.funcHash(), LongBuffer.wrap(own)));
        }
        return counts;
    }
}
