package org.pgofs.fleet.core;

import java.io.IOException;
import java.util.List;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Names;
import org.pgofs.profdata.RawToIndexed;
import org.pgofs.profdata.ValueTargets;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.ParsedImage;
import org.pgofs.profraw.ParsedProfile;

/** What pieces of one image have in common: all but the counts. Immutable, and checked when it is made. */
final class ImageStructure {
    private static final Names.Visitor NOTHING = new Names.Visitor() {
        @Override
        public void part(byte[] bytes, int offset, int length) {}

        @Override
        public void end() {}
    };

    private final long rawVersion;
    private final List<ParsedFunction> functions;
    private final List<FunctionKey> keys;
    private final Blob names;
    private final Blob binaryIds;
    private final Blob vtables;
    private final ValueTargets targets;

    /**
     * That of a profile.
     *
     * @throws IOException if no profile can be made of it; the message says why
     */
    ImageStructure(ParsedProfile profile) throws IOException {
        ParsedImage image = new ParsedImage("profile", profile);
        RawToIndexed.check(image);
        requireRoom(
                "counters",
                profile.functions().stream().mapToLong(ParsedFunction::counters).sum(),
                profile.counters().remaining() / Variant.counterSize(profile.rawVersion()));
        requireRoom(
                "bitmap bytes",
                profile.functions().stream()
                        .mapToLong(ParsedFunction::bitmapSize)
                        .sum(),
                profile.bitmaps().remaining());
        try {
            Names.read(image.names(), NOTHING);
        } catch (InvalidFileException e) {
            throw new IOException("bad raw profile: it " + e.getMessage(), e);
        }
        rawVersion = profile.rawVersion();
        functions = profile.functions();
        keys = functions.stream().map(this::keyOf).toList();
        names = new Blob(profile.names());
        binaryIds = new Blob(profile.binaryIds());
        vtables = new Blob(profile.vtables());
        targets = new ValueTargets(image);
    }

    /** Functions that share what they count would be added up as often as there are functions. */
    private static void requireRoom(String what, long claimed, long there) throws IOException {
        if (claimed > there) {
            throw new IOException(
                    "bad raw profile: its functions have " + claimed + " " + what + ", and it has " + there);
        }
    }

    /** Whether another profile has the same. */
    boolean isOf(ParsedProfile profile) {
        return rawVersion == profile.rawVersion()
                && names.is(profile.names())
                && binaryIds.is(profile.binaryIds())
                && vtables.is(profile.vtables())
                && functions.equals(profile.functions());
    }

    /** With variant bits. */
    long rawVersion() {
        return rawVersion;
    }

    int functions() {
        return functions.size();
    }

    ParsedFunction function(int number) {
        return functions.get(number);
    }

    FunctionKey key(int number) {
        return keys.get(number);
    }

    private FunctionKey keyOf(ParsedFunction function) {
        return new FunctionKey(
                function.nameRef(),
                function.funcHash(),
                function.counters() - timeCounters(),
                function.bitmapSize(),
                sites(function, ValueKind.INDIRECT_CALL_TARGET),
                sites(function, ValueKind.MEMOP_SIZE),
                sites(function, ValueKind.VTABLE_TARGET));
    }

    /** The kind of one of a function's sites, counted from its first. */
    static ValueKind kind(FunctionKey function, int site) {
        if (site < function.callSites()) {
            return ValueKind.INDIRECT_CALL_TARGET;
        }
        return site < function.callSites() + function.sizeSites() ? ValueKind.MEMOP_SIZE : ValueKind.VTABLE_TARGET;
    }

    private static int sites(ParsedFunction function, ValueKind kind) {
        return function.sites().get(kind.number());
    }

    /** How many counters of a function are the time of its first call. */
    private int timeCounters() {
        return Variant.hasTimes(rawVersion) ? Long.BYTES / Variant.counterSize(rawVersion) : 0;
    }

    Blob names() {
        return names;
    }

    Blob binaryIds() {
        return binaryIds;
    }

    Blob vtables() {
        return vtables;
    }

    /** What its values are called in all processes. */
    ValueTargets targets() {
        return targets;
    }
}
