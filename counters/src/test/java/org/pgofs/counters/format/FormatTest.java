package org.pgofs.counters.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgofs.counters.image.StoredImage;
import org.pgofs.counters.linux.SegmentTmpfs;
import org.pgofs.counters.segment.FileKind;
import org.pgofs.counters.segment.RefusedLog;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.counters.segment.SegmentFile;

/** Both sides of the format are one: the C side prints its layout when its own tests are built. */
class FormatTest {
    private static final Path LAYOUT = Path.of("target", "c", "layout.properties");

    /** Constants of the Java classes that are no offsets. */
    private static final Set<String> OTHERS = Set.of(
            "MAGIC_VALUE",
            "FORMAT_VERSION",
            "PATH_MAX",
            "VTABLE_SIZE",
            "SIZE",
            "TYPE",
            "VERSION_VALUE",
            "FORM_LINKED",
            "FORM_DISTANCES",
            "DESCRIPTOR",
            "RANGE_SIZE");

    private static final Properties C = new Properties();

    @BeforeAll
    static void read() throws IOException {
        try (Reader reader = Files.newBufferedReader(LAYOUT)) {
            C.load(reader);
        }
    }

    private static long c(String name) {
        String value = C.getProperty(name);
        assertTrue(value != null, name + " is not in " + LAYOUT);
        return Long.parseUnsignedLong(value);
    }

    @ParameterizedTest
    @CsvSource({
        "segment_header, org.pgofs.counters.format.SegmentLayout",
        "control, org.pgofs.counters.format.ControlLayout",
        "image_header, org.pgofs.counters.format.ImageLayout",
        "record, org.pgofs.counters.format.RecordLayout",
        "relocated, org.pgofs.counters.format.RelocatedLayout",
        "kernel_note, org.pgofs.counters.format.KernelNoteLayout",
        "kernel_control, org.pgofs.counters.format.KernelNoteLayout$Control",
    })
    void shouldHaveTheSameOffsets(String struct, Class<?> layout) throws IllegalAccessException {
        Set<String> fields = new TreeSet<>();
        for (Field field : layout.getDeclaredFields()) {
            if (field.getType() == int.class && !OTHERS.contains(field.getName()) && !isPrivate(field)) {
                fields.add(field.getName());
                assertEquals(
                        c(struct + "." + field.getName().toLowerCase(Locale.ROOT)),
                        field.getInt(null),
                        field.getName());
            }
        }
        assertEquals(fields, cFields(struct));
    }

    private static boolean isPrivate(Field field) {
        return java.lang.reflect.Modifier.isPrivate(field.getModifiers());
    }

    private static Set<String> cFields(String struct) {
        return C.stringPropertyNames().stream()
                .filter(name -> name.startsWith(struct + "."))
                .map(name -> name.substring(struct.length() + 1).toUpperCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void shouldKnowTheProcessorThatTheRuntimeIsBuiltFor() {
        Processor processor = Processor.ofImage((int) c("MACHINE")).orElseThrow();
        assertEquals("aarch64".equals(System.getProperty("os.arch")), processor == Processor.AARCH64);
        assertEquals(c("ALIGNMENT"), processor.alignment());
        assertEquals(c("ANCHOR"), processor.anchor());
    }

    @Test
    void shouldHaveTheSameSizesAndConstants() {
        Map<String, Long> java = Map.ofEntries(
                Map.entry("segment_header", (long) SegmentLayout.SIZE),
                Map.entry("image_header", (long) ImageLayout.SIZE),
                Map.entry("record", (long) RecordLayout.SIZE),
                Map.entry("relocated", (long) RelocatedLayout.SIZE),
                Map.entry("value_slot", (long) ValueSiteLayout.SLOT_SIZE),
                Map.entry("value_slot.value", (long) ValueSiteLayout.VALUE),
                Map.entry("value_slot.count", (long) ValueSiteLayout.COUNT),
                Map.entry("value_site", (long) ValueSiteLayout.SIZE),
                Map.entry("value_site.epoch", (long) ValueSiteLayout.EPOCH),
                Map.entry("value_site.slot", (long) ValueSiteLayout.SLOT),
                Map.entry("VALUE_SLOTS", (long) ValueSiteLayout.SLOTS),
                Map.entry("HELD_MAX", SegmentTmpfs.HELD_MAX),
                Map.entry("UNLIMITED", SegmentTmpfs.UNLIMITED),
                Map.entry("vtable", (long) ImageLayout.VTABLE_SIZE),
                Map.entry("SEGMENT_MAGIC", SegmentLayout.MAGIC_VALUE),
                Map.entry("IMAGE_MAGIC", ImageLayout.MAGIC_VALUE),
                Map.entry("FORMAT_VERSION", (long) SegmentLayout.FORMAT_VERSION),
                Map.entry("PATH_MAX", (long) SegmentLayout.PATH_MAX),
                Map.entry("BUILD_ID_MAX", (long) StoredImage.BUILD_ID_MAX),
                Map.entry("VALUE_KINDS", (long) ValueKind.COUNT),
                Map.entry("KERNEL_NOTE_TYPE", (long) KernelNoteLayout.TYPE),
                Map.entry("KERNEL_NOTE_VERSION", (long) KernelNoteLayout.VERSION_VALUE),
                Map.entry("KERNEL_NOTE_LINKED", (long) KernelNoteLayout.FORM_LINKED),
                Map.entry("KERNEL_NOTE_DISTANCES", (long) KernelNoteLayout.FORM_DISTANCES),
                Map.entry("kernel_range", (long) KernelNoteLayout.RANGE_SIZE),
                Map.entry("kernel_note", (long) KernelNoteLayout.SIZE),
                Map.entry("kernel_control", (long) KernelNoteLayout.Control.SIZE));
        java.forEach((name, value) -> assertEquals(c(name), value, name));
        assertEquals(C.getProperty("SEGMENT_PREFIX"), SegmentFile.PREFIX);
        assertEquals(C.getProperty("IMAGE_PREFIX"), ImageLayout.PREFIX);
        assertEquals(C.getProperty("TEMPORARY_PREFIX"), FileKind.TEMPORARY_PREFIX);
        assertEquals(C.getProperty("REFUSED_NAME"), RefusedLog.NAME);
        assertEquals(C.getProperty("REFUSED_PREFIX"), RefusedLog.PREFIX);
        assertEquals(C.getProperty("DEFAULT_DIRECTORY"), SegmentDirectory.DEFAULT);
    }

    @Test
    void shouldHaveTheSameReasons() {
        Set<String> refusals = new TreeSet<>();
        for (Refusal refusal : Refusal.values()) {
            refusals.add("REFUSED_" + refusal);
            assertEquals(c("REFUSED_" + refusal), refusal.code(), refusal.toString());
        }
        Set<String> names = C.stringPropertyNames().stream()
                .filter(name ->
                        name.startsWith("REFUSED_") && C.getProperty(name).matches("[0-9]+"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(names, refusals);
    }
}
