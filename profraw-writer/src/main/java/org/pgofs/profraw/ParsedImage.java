package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.image.Image;
import org.pgofs.counters.image.PerImage;

/** The image and the counts of a raw profile that was read: its addresses are those of the process that wrote it. */
public final class ParsedImage implements Image {
    private final String name;
    private final ParsedProfile profile;
    private final ConcurrentMap<PerImage<?>, Object> kept = new ConcurrentHashMap<>();

    /**
     * The image of a profile.
     *
     * @param name what it is called in messages
     * @param profile the profile
     */
    public ParsedImage(String name, ParsedProfile profile) {
        this.name = name;
        this.profile = profile;
    }

    /**
     * The counts.
     *
     * @return those of the profile
     */
    public Snapshot snapshot() {
        return new Snapshot(this, own(profile.counters()), own(profile.bitmaps()), profile.values(), Instant.EPOCH);
    }

    private static ByteBuffer own(ByteBuffer bytes) {
        return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String buildId() {
        return "";
    }

    @Override
    public long rawVersion() {
        return profile.rawVersion();
    }

    @Override
    public int functions() {
        return profile.functions().size();
    }

    @Override
    public int countersSize() {
        return profile.counters().limit();
    }

    @Override
    public int bitmapsSize() {
        return profile.bitmaps().limit();
    }

    @Override
    public long nameRef(int function) {
        return profile.functions().get(function).nameRef();
    }

    @Override
    public long funcHash(int function) {
        return profile.functions().get(function).funcHash();
    }

    @Override
    public int countersOffset(int function) {
        return profile.functions().get(function).countersOffset();
    }

    @Override
    public int counters(int function) {
        return profile.functions().get(function).counters();
    }

    @Override
    public int bitmapOffset(int function) {
        return profile.functions().get(function).bitmapOffset();
    }

    @Override
    public int bitmapSize(int function) {
        return profile.functions().get(function).bitmapSize();
    }

    @Override
    public long address(int function) {
        return profile.functions().get(function).address();
    }

    @Override
    public int valueSites(int function, ValueKind kind) {
        return profile.functions().get(function).sites().get(kind.number());
    }

    @Override
    public int valueSite(int function) {
        return profile.functions().get(function).valueSite();
    }

    @Override
    public ByteBuffer names() {
        return own(profile.names());
    }

    @Override
    public ByteBuffer binaryIds() {
        return own(profile.binaryIds());
    }

    @Override
    public ByteBuffer vtables() {
        return own(profile.vtables());
    }

    @Override
    public ByteBuffer vtableNames() {
        return own(profile.vtableNames());
    }

    @Override
    public ConcurrentMap<PerImage<?>, Object> kept() {
        return kept;
    }
}
