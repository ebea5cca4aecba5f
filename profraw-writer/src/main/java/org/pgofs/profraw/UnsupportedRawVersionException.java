package org.pgofs.profraw;

import java.util.Collection;
import org.pgofs.counters.format.Variant;

/** A version of the raw profile format that is not known, or not with these variant bits. */
public final class UnsupportedRawVersionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The version with its variant bits. */
    private final long rawVersion;

    UnsupportedRawVersionException(long rawVersion, Collection<Integer> supported) {
        super(String.format(
                "raw profile version %d%s is not supported (supported are %s)",
                Variant.version(rawVersion),
                Variant.bits(rawVersion) == 0 ? "" : String.format(" with variant bits %#x", Variant.bits(rawVersion)),
                supported));
        this.rawVersion = rawVersion;
    }

    /**
     * The version that was asked for.
     *
     * @return its number, without variant bits
     */
    public int version() {
        return Variant.version(rawVersion);
    }
}
