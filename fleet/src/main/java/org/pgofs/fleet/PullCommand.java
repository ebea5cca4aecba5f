package org.pgofs.fleet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.pgofs.counters.image.ImageNames;
import org.pgofs.daemon.profile.NewFile;
import org.pgofs.daemon.profile.ProgramFit;
import org.pgofs.fleet.job.BestResult;
import org.pgofs.fleet.job.ResultReader;
import org.pgofs.fleet.job.StoredResult;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.profdata.IndexedProfile;
import org.pgofs.profdata.format.IndexedLayout;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgofs fleet pull}. Exit codes: 0 there is a file to build with, 1 there is none, 2 usage. */
@Command(
        name = "pull",
        description = {
            "Fetch the newest profile of a program, for its build.",
            "",
            "  pgofs fleet pull --from /srv/profiles --program server -o server.profdata",
            "  clang -O2 -fprofile-use=server.profdata ...",
            "",
            "It is that of the same build, or else the newest one of another build of the program, and it is said how much of that"
                    + " fits. A build never fails for want of a profile: then FILE stays as it is. If there is no FILE, it"
                    + " becomes a profile without functions, with which compilers do what they do without one. Both are said in"
                    + " one line. The exit code is 0, but with --required 1, and FILE is not written.",
            ""
        },
        mixinStandardHelpOptions = true)
final class PullCommand implements Callable<Integer> {
    private static final Pattern ID = Pattern.compile("[0-9A-Fa-f]{8,128}");
    private static final int LEAST_VERSION = 5;
    private static final double GOOD = 0.9;
    private static final double PERCENT = 100;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "STORE",
            required = true,
            description = "Where the results of pgofs fleet merge are: a directory, or s3://BUCKET/PREFIX.")
    private String from;

    @Option(
            names = "--program",
            paramLabel = "FILE",
            description =
                    "The instrumented program: its build id says which profile is its own, its base name which others may"
                            + " fit, and its functions how much of them does.")
    private Path program;

    @Option(
            names = "--build-id",
            paramLabel = "ID",
            description =
                    "The build id of the program, or 8 digits of it or more, instead of the program or in place of its own.")
    private String buildId;

    @Option(
            names = "--image",
            paramLabel = "NAME",
            description =
                    "The base name of the program's file, if it is called otherwise on the machines, or where there is neither"
                            + " program nor build id.")
    private String image;

    @Option(
            names = "--variant",
            paramLabel = "WORD",
            defaultValue = "",
            description = "How it is instrumented, as in the store (default: ir if there is one, else what there is).")
    private String variant;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description =
                    "Where the profile goes. The file is replaced as a whole, and stays as it is if it is the same.")
    private Path output;

    @Option(names = "--required", description = "Fail if there is no profile.")
    private boolean required;

    /** For picocli. */
    PullCommand() {}

    @Override
    public Integer call() throws IOException {
        if (program == null && buildId == null && image == null) {
            throw new ParameterException(
                    spec.commandLine(), "whose profile? Give --program FILE, --build-id ID or --image NAME");
        }
        if (buildId != null && !ID.matcher(buildId).matches()) {
            throw new ParameterException(
                    spec.commandLine(), "'" + buildId + "' is no build id: give 8 hexadecimal digits of it or more");
        }
        try {
            return pull();
        } catch (NoProfileException e) {
            if (required) {
                throw new IOException(e.getMessage(), e);
            }
            return goOnWithout(e.getMessage());
        }
    }

    /** That there is no profile, for whatever reason: a build goes on without. */
    private static final class NoProfileException extends Exception {
        private static final long serialVersionUID = 1L;

        NoProfileException(String message) {
            super(message);
        }
    }

    private int pull() throws IOException, NoProfileException {
        StoredResult found;
        try {
            found = find();
        } catch (IOException e) {
            throw new NoProfileException(e.getMessage());
        } catch (OutOfMemoryError e) {
            throw new NoProfileException("there is not enough memory to look for a profile in " + from);
        }
        write(found.profile());
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: build %s of %s, %s to %s, %d pieces%n",
                        output,
                        found.image().id(),
                        found.image().name().replaceAll("\\P{Graph}", "?"),
                        found.window().since(),
                        found.window().until(),
                        found.number("pieces"));
        spec.commandLine().getOut().flush();
        return CommandLine.ExitCode.OK;
    }

    private StoredResult find() throws IOException, NoProfileException {
        ProgramFit fit = program == null ? null : ProgramFit.of(program);
        String id = buildId != null ? buildId.toLowerCase(Locale.ROOT) : fit != null ? fit.buildId() : "";
        try (ObjectStore store = MergeCommand.open(from)) {
            BestResult best = new BestResult(new ResultReader(store), variant);
            Optional<StoredResult> own = id.isEmpty() ? Optional.empty() : best.ofBuild(id);
            String name = image != null
                    ? image
                    : program != null
                            ? ImageNames.safe(program.getFileName().toString())
                            : best.nameOf(id).orElse("");
            Optional<StoredResult> found = own.isPresent() || name.isEmpty() ? own : best.ofProgram(name);
            best.problems().forEach(problem -> say("passed over " + problem.replaceAll("[^\\p{Graph} ]", "?")));
            if (found.isEmpty()) {
                throw new NoProfileException(
                        "no profile of " + (name.isEmpty() ? "build " + id : name) + " in " + from);
            }
            if (own.isEmpty() && (fit != null || !id.isEmpty())) {
                String reason =
                        id.isEmpty() ? program + " has no build id" : "no profile of build " + id + " in " + from;
                say(reason + ": took that of build " + found.get().image().id() + share(fit, found.get()));
            }
            return found.get();
        }
    }

    private static String share(ProgramFit fit, StoredResult found) {
        if (fit == null || !fit.isKnown()) {
            return "; --program with the instrumented program would say how much of it fits";
        }
        double share = fit.of(found.content());
        return String.format(
                Locale.ROOT,
                ", of whose counts %.1f %% fit%s",
                PERCENT * share,
                share < GOOD ? ": profile this build soon" : "");
    }

    private void say(String words) {
        spec.commandLine().getErr().println("pgofs: " + words);
        spec.commandLine().getErr().flush();
    }

    private int goOnWithout(String reason) throws IOException {
        if (Files.exists(output, LinkOption.NOFOLLOW_LINKS)) {
            say(reason + ": " + output + " stays as it is, of "
                    + Files.getLastModifiedTime(output, LinkOption.NOFOLLOW_LINKS)
                            .toInstant()
                            .truncatedTo(ChronoUnit.SECONDS));
        } else {
            ByteBuffer nothing = new IndexedProfile(List.of(), IndexedLayout.of(LEAST_VERSION)).bytes(List.of());
            write(nothing);
            say(reason + ": " + output + " is a profile without functions");
        }
        return CommandLine.ExitCode.OK;
    }

    /** What is the same stays, so that nobody builds again for it. */
    private void write(ByteBuffer profile) throws IOException {
        if (Files.isRegularFile(output, LinkOption.NOFOLLOW_LINKS)
                && Files.size(output) == profile.remaining()
                && ByteBuffer.wrap(Files.readAllBytes(output)).equals(profile)) {
            return;
        }
        try (NewFile file = NewFile.begin(output)) {
            file.write(profile.duplicate());
            file.finish();
        }
    }
}
