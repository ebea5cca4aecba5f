package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.format.Variant;
import org.pgofs.counters.image.GuestImage;
import org.pgofs.counters.image.GuestImage.Function;
import org.pgofs.counters.image.GuestLayout;
import org.pgofs.counters.image.KernelSections;
import org.pgofs.daemon.elf.ProfileSections;
import org.pgofs.profraw.CompiledRecords;
import org.pgofs.profraw.MalformedProfileException;
import org.pgofs.profraw.ParsedFunction;
import org.pgofs.profraw.RawLayouts;

/** Makes an image of the sections of a kernel or of a module. */
public final class KernelRecords {
    private final KernelSections sections;
    private final int number;
    private final int recordSize;

    private KernelRecords(KernelSections sections) {
        this.sections = sections;
        number = Variant.version(sections.rawVersion());
        recordSize = CompiledRecords.size(number);
    }

    /**
     * Makes an image.
     *
     * @param sections as they were read
     * @return the image, whose layout has addresses as the sections have them
     * @throws IOException if they are not those of one that counts; the message is one line that says why
     */
    public static GuestImage image(KernelSections sections) throws IOException {
        requireKnown(sections);
        try {
            return new KernelRecords(sections).image();
        } catch (MalformedProfileException e) {
            throw new IOException(sections.path() + ": " + e.getMessage(), e);
        }
    }

    private static void requireKnown(KernelSections sections) throws IOException {
        int version = Variant.version(sections.rawVersion());
        if (!RawLayouts.supported().contains(version)) {
            throw new IOException(
                    sections.path() + " has raw version " + version + ": this pgofs knows " + RawLayouts.supported());
        }
        if ((sections.rawVersion() & (Variant.BYTE_COVERAGE | Variant.TEMPORAL)) != 0) {
            throw new IOException(sections.path() + " is instrumented for "
                    + String.join(", ", Variant.words(sections.rawVersion()))
                    + ", which cannot be read from outside: build it with -fprofile-generate alone");
        }
    }

    private GuestImage image() throws IOException, MalformedProfileException {
        int first = firstRecord();
        ByteBuffer used =
                sections.records().slice(first, lastRecord(first) - first).order(ByteOrder.LITTLE_ENDIAN);
        List<ParsedFunction> functions = CompiledRecords.read(
                number, used, sections.recordsAddress() + first, sections.countersSize(), sections.countersAddress());
        if (functions.isEmpty()) {
            throw new IOException(sections.path() + " has no instrumented function");
        }
        int begin = functions.stream()
                .mapToInt(ParsedFunction::countersOffset)
                .min()
                .orElseThrow();
        int end = functions.stream()
                .mapToInt(function -> function.countersOffset() + function.counters() * Long.BYTES)
                .max()
                .orElseThrow();
        List<Function> relative = new ArrayList<>();
        for (int i = 0; i < functions.size(); i++) {
            relative.add(function(functions.get(i), begin, CompiledRecords.valuesAddress(number, used, i)));
        }
        return new GuestImage(
                sections.path(),
                sections.processor(),
                sections.banner(),
                sections.rawVersion(),
                ProfileSections.binaryIds(sections.buildId()),
                relative,
                end - begin,
                sections.valueSites(),
                sections.names(),
                new GuestLayout(
                        sections.countersAddress() + begin,
                        sections.recordsAddress() + first,
                        recordSize,
                        sections.namesAddress()));
    }

    private Function function(ParsedFunction function, int begin, long values) throws IOException {
        int sites = function.sites().stream().mapToInt(Integer::intValue).sum();
        boolean hasSites = sections.valueSites() > 0 && sites > 0;
        long site = hasSites ? (values - sections.valuesAddress()) / Long.BYTES : 0;
        if (hasSites && (site < 0 || site > sections.valueSites() - sites)) {
            throw new IOException(sections.path() + " has a record whose value sites are outside the kernel's");
        }
        return new Function(
                function.nameRef(),
                function.funcHash(),
                function.countersOffset() - begin,
                function.counters(),
                function.address() == 0 ? 0 : sections.linkTimes().of(function.address()),
                (int) site,
                hasSites ? function.sites() : List.of());
    }

    /** What alignment puts at the ends of the section is no record. */
    private int firstRecord() {
        int at = 0;
        while (at + recordSize <= sections.records().limit() && isPadding(at)) {
            at += recordSize;
        }
        return at;
    }

    private int lastRecord(int first) {
        int end = sections.records().limit() - (sections.records().limit() - first) % recordSize;
        while (end > first && isPadding(end - recordSize)) {
            end -= recordSize;
        }
        return end;
    }

    /** Hashes of name and control flow that are both 0. */
    private boolean isPadding(int at) {
        return sections.records().getLong(at) == 0 && sections.records().getLong(at + Long.BYTES) == 0;
    }
}
