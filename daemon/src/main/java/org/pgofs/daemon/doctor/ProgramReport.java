package org.pgofs.daemon.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgofs.counters.format.Variant;
import org.pgofs.daemon.elf.ElfFile;
import org.pgofs.daemon.elf.ElfSection;
import org.pgofs.daemon.elf.MalformedElfException;
import org.pgofs.daemon.elf.ProfileSections;
import org.pgofs.profraw.RawLayouts;

/** Whether a program is built so that its profile can be read while it runs. */
final class ProgramReport {
    private static final List<String> INSTRUMENTED =
            List.of(ProfileSections.COUNTERS, ProfileSections.RECORDS, ProfileSections.NAMES);
    private static final List<String> PUBLISHED = List.of(
            ProfileSections.COUNTERS,
            ProfileSections.RECORDS,
            ProfileSections.NAMES,
            ProfileSections.BITMAPS,
            ProfileSections.VALUE_SITES,
            ProfileSections.VTABLES,
            ProfileSections.VTABLE_NAMES);
    private static final int FORMAT_VERSION = 1;
    private static final String RELINK = "link with $(pgofs config --libs)";
    private static final String RECOMPILE = "compile with clang and $(pgofs config --cflags)";

    private final Tools tools;
    private final List<Finding> findings = new ArrayList<>();

    private ProgramReport(Tools tools) {
        this.tools = tools;
    }

    /**
     * Looks at a program.
     *
     * @param program an executable or a shared library, by its path
     * @param tools where llvm-profdata is looked for
     * @return a finding for every check; what makes no sense after an earlier one is left out
     */
    static List<Finding> of(Path program, Tools tools) {
        ProgramReport report = new ProgramReport(tools);
        try (ElfFile elf = ElfFile.open(program)) {
            report.look(elf);
        } catch (MalformedElfException e) {
            report.findings.add(Finding.no(program + " " + e.getMessage()));
        } catch (NoSuchFileException e) {
            report.findings.add(Finding.no(program + " does not exist"));
        } catch (IOException e) {
            report.findings.add(Finding.no(program + " cannot be read: " + e.getMessage()));
        }
        return report.findings;
    }

    private void look(ElfFile elf) throws IOException {
        findings.add(Finding.ok(elf.processor() + " executable or shared library"));
        List<String> missing = new ArrayList<>();
        for (String name : INSTRUMENTED) {
            if (elf.section(name).filter(section -> section.size() > 0).isEmpty()) {
                missing.add(name);
            }
        }
        if (missing.size() == INSTRUMENTED.size() - 1 && isRuntimesPageAlone(elf)) {
            missing = INSTRUMENTED;
        }
        if (missing.isEmpty()) {
            findings.add(Finding.ok("instrumented"));
            findings.add(runtime(elf));
            findings.add(pages(elf));
            findings.addAll(pieces(elf));
            rawVersion(elf);
        } else {
            findings.add(
                    missing.contains(ProfileSections.COUNTERS)
                            ? Finding.no("not instrumented (no " + String.join(", ", missing) + "): " + RECOMPILE)
                            : Finding.no("its function records are missing (no " + String.join(", ", missing)
                                    + "): compile without -debug-info-correlate"));
        }
    }

    private static Finding runtime(ElfFile elf) throws IOException {
        OptionalInt version = ProfileSections.publishedFormat(elf);
        if (version.isEmpty()) {
            return Finding.no("the pgofs runtime is not linked in: " + RELINK);
        }
        if (version.getAsInt() != FORMAT_VERSION) {
            return Finding.no(String.format(
                    "the pgofs runtime in it writes format %d and this pgofs reads %d: %s again",
                    version.getAsInt(), FORMAT_VERSION, RELINK));
        }
        return Finding.ok("the pgofs runtime is linked in, format " + FORMAT_VERSION);
    }

    /** Whether no code has counters beside the page that the runtime has among them. */
    private static boolean isRuntimesPageAlone(ElfFile elf) throws IOException {
        return ProfileSections.publishedFormat(elf).isPresent()
                && elf.section(ProfileSections.COUNTERS)
                        .filter(section -> section.size() == elf.processor().anchor())
                        .isPresent();
    }

    /** The runtime has the bounds of one section of each name. */
    private static List<Finding> pieces(ElfFile elf) throws IOException {
        List<Finding> bad = new ArrayList<>();
        for (String name : PUBLISHED) {
            int count = 0;
            for (ElfSection section : elf.sections()) {
                count += section.isInMemory()
                                && section.size() > 0
                                && elf.name(section).equals(name)
                        ? 1
                        : 0;
            }
            if (count > 1) {
                bad.add(Finding.no("the linker has left " + name + " in " + count
                        + " pieces: link with GNU ld, lld or mold, without --unique"));
            }
        }
        return bad;
    }

    /** The runtime maps shared memory over the pages of counters and bitmaps: nothing else may lie in them. */
    private static Finding pages(ElfFile elf) throws IOException {
        Optional<Finding> bad = badPages(elf, "counters", ProfileSections.COUNTERS);
        if (bad.isEmpty()) {
            bad = badPages(elf, "bitmaps", ProfileSections.BITMAPS);
        }
        return bad.orElseGet(() -> Finding.ok("the counters share no page with other data"));
    }

    private static Optional<Finding> badPages(ElfFile elf, String what, String name) throws IOException {
        Optional<ElfSection> found = elf.section(name).filter(section -> section.size() > 0);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        String advice = ": " + RELINK + ", using GNU ld, lld or mold";
        int page = elf.processor().alignment();
        if (found.get().address() % page != 0) {
            return Optional.of(Finding.no("the " + what + " do not start at a page" + advice));
        }
        long end = found.get().address() + found.get().size();
        long pageEnd = (end + page - 1) & -page;
        for (ElfSection section : elf.sections()) {
            boolean inLastPage = section.isInMemory() && section.address() >= end && section.address() < pageEnd;
            if (inLastPage && !elf.name(section).startsWith(ProfileSections.PREFIX)) {
                return Optional.of(
                        Finding.no("the last page of the " + what + " is shared by " + elf.name(section) + advice));
            }
        }
        return Optional.empty();
    }

    private void rawVersion(ElfFile elf) throws IOException {
        Optional<ByteBuffer> found =
                elf.object(ProfileSections.RAW_VERSION).filter(content -> content.limit() == Long.BYTES);
        if (found.isPresent()) {
            long rawVersion = found.get().getLong(0);
            findings.add(rawVersion(rawVersion));
            findings.add(profdata(Variant.version(rawVersion)));
        } else {
            findings.add(
                    elf.hasSymbols()
                            ? Finding.ok("coverage build: use your compiler's llvm-profdata")
                            : Finding.unknown("raw version not known, as the file is stripped"));
            findings.add(Finding.unknown(
                    "llvm-profdata must be of the LLVM version of the compiler; installed: " + installed()));
        }
    }

    private static Finding rawVersion(long rawVersion) {
        int number = Variant.version(rawVersion);
        String text = "raw version " + number + variant(rawVersion);
        if (!RawLayouts.supported().contains(number)) {
            return Finding.no(text + ": this pgofs writes " + RawLayouts.supported() + " only; use another clang");
        }
        return Finding.ok(text);
    }

    private Finding profdata(int number) {
        Optional<LlvmRange> range = LlvmRange.of(number);
        if (range.isEmpty()) {
            return Finding.unknown("not known which llvm-profdata reads raw version " + number);
        }
        // The oldest that fits: its output is read by the compilers of all of them, that of a newer one is not.
        Optional<Tool> oldest = tools.profdatas().stream()
                .filter(tool -> range.get().contains(tool.major()))
                .min(Comparator.comparingInt(Tool::major));
        if (oldest.isPresent()) {
            return Finding.ok(oldest.get() + " reads raw version " + number);
        }
        return Finding.no("no llvm-profdata on PATH reads raw version " + number + ": install that of " + range.get()
                + "; installed: " + installed());
    }

    private String installed() {
        List<String> all = tools.profdatas().stream().map(Tool::toString).toList();
        return all.isEmpty() ? "none" : String.join(", ", all);
    }

    private static String variant(long rawVersion) {
        List<String> words = Variant.words(rawVersion);
        return words.isEmpty() ? "" : ", " + String.join(", ", words);
    }
}
