package org.pgofs.profraw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.counts.ValueCounts;
import org.pgofs.counters.format.ValueKind;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.Image;

/**
 * The raw profile of one image in one version of the format: all of it that does not depend on counts. Immutable. What the
 * version cannot hold is left out, see {@link RawLayout#leavesOut}.
 */
public final class RawProfile {
    static final long MAGIC = 0xff6c_7072_6f66_7281L; // of targets with 64-bit addresses

    private final Image image;
    private final RawLayout layout;
    private final RawSections sections;
    private final ValueData values;
    /**
     * Everything before the counters: to make records again for every read takes longer than to deliver them. Off the
     * heap, where nothing moves it.
     */
    private final ByteBuffer head;

    private final ByteBuffer names;
    private final ByteBuffer vtables;
    private final ByteBuffer vtableNames;

    /**
     * The profile of an image.
     *
     * @param image whose functions it describes
     * @param layout of the version in which it is written; it need not be the image's own
     */
    public RawProfile(Image image, RawLayout layout) {
        this.image = image;
        this.layout = layout;
        sections = new RawSections(image, layout);
        values = new ValueData(image, layout);
        head = head();
        names = image.names().slice();
        vtables = image.vtables().slice();
        vtableNames = image.vtableNames().slice();
    }

    private ByteBuffer head() {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect((int) sections.counters.begin()).order(ByteOrder.LITTLE_ENDIAN);
        layout.header().forEach(field -> bytes.putLong(value(field)));
        bytes.put(image.binaryIds().slice(0, (int) sections.binaryIds.size()));
        for (int function = 0; function < image.functions(); function++) {
            putRecord(bytes, function);
        }
        return bytes;
    }

    /**
     * The image.
     *
     * @return whose functions the profile describes
     */
    public Image image() {
        return image;
    }

    /**
     * The version as the profile's header has it.
     *
     * @return the layout's number and the image's variant bits
     */
    public long rawVersion() {
        return layout.version() | Variant.bits(image.rawVersion());
    }

    /**
     * The size of the profile as long as no value was observed; with values it is larger.
     *
     * @return bytes
     */
    public long size() {
        return sections.values + values.size();
    }

    /** Where the counters are, in bytes: what lies before does not depend on counts. */
    long countersBegin() {
        return sections.counters.begin();
    }

    /**
     * The number of value sites.
     *
     * @return of the kinds that the version has
     */
    public long valueSites() {
        return values.sites().count();
    }

    /**
     * How many values of its sites the profile has, at most 255 of each.
     *
     * @param observed by the image
     * @return 0 or more
     */
    public long values(ValueCounts observed) {
        return FittingValues.count(values, observed);
    }

    ValueData valueData() {
        return values;
    }

    /**
     * The profile with counts. Of a site that observed more than 255 values, the most frequent 255 are in it.
     *
     * @param snapshot the counts; nothing of it must change as long as the result is read
     * @return the bytes of the profile
     * @throws IllegalArgumentException if the snapshot is of another image
     */
    public RawBytes with(Snapshot snapshot) {
        return new RawProfileSequence(List.of(this)).with(List.of(snapshot));
    }

    /** Adds the profile with counts to a file, at the next multiple of 8 bytes. Values must fit. */
    void addTo(GatheredBytes.Builder file, Snapshot snapshot) {
        if (snapshot.image() != image) {
            throw new IllegalArgumentException(
                    "a snapshot of " + snapshot.image().name() + " for " + image.name());
        }
        long begin = Section.padded(file.end());
        file.add(new Section(0, sections.counters.begin()).from(begin), head);
        file.add(sections.counters.from(begin), snapshot.counters());
        file.add(sections.bitmaps.from(begin), snapshot.bitmaps());
        file.add(sections.names.from(begin), names);
        file.add(sections.vtables.from(begin), vtables);
        file.add(sections.vtableNames.from(begin), vtableNames);
        ByteBuffer observed = values.with(snapshot.values());
        file.add(new Section(sections.values, observed.limit()).from(begin), observed);
    }

    private long value(HeaderField field) {
        return switch (field) {
            case MAGIC -> MAGIC;
            case VERSION -> rawVersion();
            case BINARY_IDS_SIZE -> sections.binaryIds.size();
            case RECORDS -> image.functions();
            case PAD_BEFORE_COUNTERS -> 0;
            case COUNTERS -> sections.counters.size() / sections.counterSize;
            case PAD_AFTER_COUNTERS -> sections.bitmaps.begin() - sections.counters.end();
            case BITMAPS_SIZE -> sections.bitmaps.size();
            case PAD_AFTER_BITMAPS -> sections.names.begin() - sections.bitmaps.end();
            case UNIFORM_COUNTERS, PAD_AFTER_UNIFORM_COUNTERS, UNIFORM_COUNTERS_DELTA -> 0;
            case NAMES_SIZE -> sections.names.size();
            case COUNTERS_DELTA -> layout.pointer(sections.counters.begin(), sections.records.begin());
            case BITMAPS_DELTA -> layout.pointer(sections.bitmaps.begin(), sections.records.begin());
            case NAMES_DELTA -> sections.names.begin();
            case VTABLES -> sections.vtables.size() / RawSections.VTABLE_SIZE;
            case VTABLE_NAMES_SIZE -> sections.vtableNames.size();
            case VALUE_KIND_LAST -> layout.valueKinds() - 1;
        };
    }

    private void putRecord(ByteBuffer records, int function) {
        int begin = records.position();
        for (RecordField field : layout.record()) {
            long value = value(field, begin, function);
            switch (field.size()) {
                case Long.BYTES -> records.putLong(value);
                case Integer.BYTES -> records.putInt((int) value);
                default -> records.putShort((short) value);
            }
        }
    }

    private long value(RecordField field, long record, int function) {
        return switch (field) {
            case NAME_REF -> image.nameRef(function);
            case FUNC_HASH -> image.funcHash(function);
            case COUNTER_POINTER -> layout.pointer(sections.counters.begin() + image.countersOffset(function), record);
            case BITMAP_POINTER ->
                image.bitmapSize(function) == 0
                        ? 0
                        : layout.pointer(sections.bitmaps.begin() + image.bitmapOffset(function), record);
            case FUNCTION_POINTER -> image.address(function);
            case UNIFORM_COUNTER_POINTER, VALUES, PADDING_2, PADDING_4 -> 0;
            case COUNTERS -> image.counters(function);
            case INDIRECT_CALL_SITES -> image.valueSites(function, ValueKind.INDIRECT_CALL_TARGET);
            case MEMOP_SITES -> image.valueSites(function, ValueKind.MEMOP_SIZE);
            case VTABLE_SITES -> image.valueSites(function, ValueKind.VTABLE_TARGET);
            case BITMAP_SIZE -> image.bitmapSize(function);
        };
    }
}
