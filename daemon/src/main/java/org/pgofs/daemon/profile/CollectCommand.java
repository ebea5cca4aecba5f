package org.pgofs.daemon.profile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.pgofs.counters.format.Variant;
import org.pgofs.daemon.client.Stages;
import org.pgofs.daemon.client.TrustedFile;
import org.pgofs.profdata.read.IndexedContent;
import org.pgofs.profdata.read.IndexedReader;
import org.pgofs.profdata.read.ProfiledFunction;
import org.pgofs.profdata.read.TextProfile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs collect}. Exit codes: 0 collected, 1 there is no profile or a thin one, 2 usage. */
@Command(
        name = "collect",
        description = {
            "Copy the profile of a program out of the mount, ready for the compiler:",
            "",
            "  pgofs collect server",
            "  clang -O2 -fprofile-use=server.profdata server.c",
            "",
            "The file is there as a whole or not at all. A line says what is in it. The exit code is 1, with a reason, if"
                    + " nothing was counted (then there is no file), or so little that the profile is of no use yet.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class CollectCommand implements Callable<Integer> {
    /** Below this greatest count, or part of the functions, a profile tells a compiler nothing. */
    private static final long THIN_COUNT = 10;

    private static final int THIN_PART = 100;

    /** The forms of a profile. */
    enum Format {
        PROFRAW("profraw"),
        PROFDATA("profdata"),
        TEXT("proftext"),
        PPROF("pb.gz"),
        COLLAPSED("collapsed"),
        LCOV("lcov");

        private final String suffix;

        Format(String suffix) {
            this.suffix = suffix;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static String words() {
            return Arrays.stream(values()).map(Format::word).collect(Collectors.joining(", "));
        }
    }

    /** What completion offers. */
    private static final class FormatWords extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        FormatWords() {
            super(Arrays.stream(Format.values()).map(Format::word).toList());
        }
    }

    private static final class FormatConverter implements ITypeConverter<Format> {
        @Override
        public Format convert(String word) {
            for (Format format : Format.values()) {
                if (format.word().equals(word)) {
                    return format;
                }
            }
            throw new CommandLine.TypeConversionException("'" + word + "' is none of " + Format.words());
        }
    }

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME|PID",
            arity = "0..1",
            description =
                    "A program or shared library, of which the newest build that has counts is taken; or an image by"
                            + " its full name, as under pgo/images; or a process. Not needed if only one program has counts.")
    private String name;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "Where the profile goes (default: NAME.profdata; .profraw, .proftext, .pb.gz, .collapsed or .lcov).")
    private Path output;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "profdata",
            converter = FormatConverter.class,
            completionCandidates = FormatWords.class,
            description =
                    "profdata: for clang and llvm-cov (default). profraw: for llvm-profdata of the compiler's version."
                            + " text: for people, and for every llvm-profdata. pprof: for go tool pprof and speedscope."
                            + " collapsed: lines for flame graphs. lcov: lines of the source, of programs with coverage, by"
                            + " llvm-cov. The weight of a function in pprof and collapsed is the sum of its counters.")
    private Format format;

    @Option(
            names = "--program",
            paramLabel = "FILE",
            description = "For lcov: the program that counted (default: that of a process that still runs).")
    private Path program;

    @Option(names = "--take", description = "Reset the counts in the same step, to exactly what was collected.")
    private boolean take;

    @Option(
            names = "--mount",
            paramLabel = "MOUNTPOINT",
            description =
                    "As given to pgofs mount. Not needed if there is only one, or one for PGOFS_SEGMENT_DIR (default:"
                            + " /run/pgofs).")
    private Path mountPoint;

    /** For picocli. */
    public CollectCommand() {}

    @Override
    public Integer call() throws IOException {
        ServedImages images = ServedImages.of(mountPoint);
        ServedImage image = ImageChoice.of(images.list(), name);
        Path file = output == null ? defaultFile(image) : output;
        Path mapped = format == Format.LCOV ? mapped(image) : null;
        IndexedContent content;
        try (NewFile written = NewFile.begin(file);
                Stages stages = Stages.begin(spec.commandLine().getErr())) {
            stages.at("reading the profile of " + image.name());
            boolean raw = take || format != Format.PROFDATA;
            Instant now = Instant.now();
            ByteBuffer bytes = ProfileInput.bytes(images.file(image, take ? "take" : raw ? "profraw" : "profdata"));
            ByteBuffer indexed;
            try {
                stages.at("converting the profile of " + image.name());
                indexed = ProfileInput.indexed(image.name(), bytes.duplicate());
                content = IndexedReader.read(indexed.duplicate());
                stages.at("writing " + file);
                written.write(
                        switch (format) {
                            case PROFRAW -> bytes;
                            case PROFDATA -> indexed;
                            case TEXT -> text(content);
                            case PPROF ->
                                ByteBuffer.wrap(PprofFile.of(ImageProfiles.served(image, now, bytes, content)));
                            case COLLAPSED ->
                                StandardCharsets.UTF_8.encode(
                                        CollapsedStacks.of(ImageProfiles.served(image, now, bytes, content)));
                            case LCOV -> ByteBuffer.wrap(LcovTrace.of(indexed, mapped));
                        });
                written.finish();
            } catch (IOException e) {
                throw take
                        ? new IOException(e.getMessage() + "; the counts are in " + images.file(image, "last-take"), e)
                        : e;
            }
        }
        return report(image, file, content);
    }

    /** The program that llvm-cov reads, if it can make anything of it. */
    private Path mapped(ServedImage image) throws IOException {
        LcovTrace.require(image);
        if (program != null) {
            return program;
        }
        if (image.program() == null) {
            throw new IOException("no process of " + image.name() + " runs any more: give its file by --program");
        }
        try {
            return TrustedFile.of(Path.of(image.program()));
        } catch (IOException e) {
            throw new IOException(e.getMessage() + ": give the program by --program", e);
        }
    }

    /** Where the caller is. */
    private Path defaultFile(ServedImage image) throws IOException {
        String directory = System.getProperty("pgofs.directory", System.getProperty("user.dir"));
        if (directory.isEmpty()) {
            throw new IOException("the working directory is gone: give an absolute path by -o");
        }
        return Path.of(directory).resolve(image.programName() + "." + format.suffix);
    }

    /**
     * A profile as text.
     *
     * @param content of the profile
     * @return the bytes of the text
     * @throws IOException if it cannot be written
     */
    public static ByteBuffer text(IndexedContent content) throws IOException {
        StringBuilder text = new StringBuilder();
        TextProfile.write(content, text);
        return StandardCharsets.ISO_8859_1.encode(text.toString());
    }

    private int report(ServedImage image, Path file, IndexedContent content) {
        long counted = content.functions().stream()
                .filter(function -> function.sum() != 0)
                .count();
        long greatest = content.functions().stream()
                .mapToLong(CollectCommand::greatest)
                .max()
                .orElse(0);
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %s; %d of %d functions have counts, the greatest is %d; since %s; %s%n",
                        image.name(),
                        image.processes(),
                        counted,
                        content.functions().size(),
                        greatest,
                        image.since(),
                        format == Format.PROFDATA
                                ? "indexed version " + Variant.version(content.version())
                                : format.suffix);
        spec.commandLine().getOut().printf("%s%n", file);
        spec.commandLine().getOut().flush();
        boolean coverage = (content.version() & (Variant.IR | Variant.BYTE_COVERAGE)) != Variant.IR;
        boolean thin = !coverage
                && (greatest < THIN_COUNT
                        || counted * THIN_PART < content.functions().size());
        if (counted > 0 && !thin) {
            return CommandLine.ExitCode.OK;
        }
        spec.commandLine()
                .getErr()
                .println("pgofs: the profile of " + image.name() + " is " + (counted == 0 ? "empty" : "thin") + ": "
                        + (greatest < THIN_COUNT
                                ? "its greatest count is " + greatest
                                : "less than 1 % of its functions ran")
                        + "; run more of the load, and collect again");
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static long greatest(ProfiledFunction function) {
        long greatest = 0;
        for (int i = 0; i < function.size(); i++) {
            greatest = Math.max(greatest, function.counter(i));
        }
        return greatest;
    }
}
