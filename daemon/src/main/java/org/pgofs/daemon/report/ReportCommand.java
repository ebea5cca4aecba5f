package org.pgofs.daemon.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.pgofs.daemon.client.Seconds;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.client.Stages;
import org.pgofs.daemon.profile.ImageProfile;
import org.pgofs.daemon.profile.ImageProfiles;
import org.pgofs.daemon.profile.NewFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs report}. Exit codes: 0 written, 1 failed, 2 usage. */
@Command(
        name = "report",
        description = {
            "Show a profile as a page for a browser: one file that needs nothing else, and loads nothing.",
            "",
            "  pgofs report server",
            "  pgofs report -o night.html night.profdata",
            "  pgofs report -o change.html yesterday.profdata server",
            "  pgofs report --record 5m server",
            "",
            "Of two profiles the page shows the second one, and what has changed since the first.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
    private static final int COMPARED = 2;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0..1",
            paramLabel = "NAME|PROFILE",
            arity = "0..2",
            description =
                    "An image in the mount, by its full name or that of its program, of which the newest build with"
                            + " counts is shown; or a raw or an indexed profile (default: all images that have counts).")
    private List<String> words = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = "report.html",
            description = "Where the page goes (default: report.html).")
    private Path output;

    @Option(
            names = "--record",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "First watch for 90s, 10m or 1h how many functions the load reaches, for a picture of that. A"
                    + " program may start later.")
    private Double record;

    @Option(
            names = "--mount",
            paramLabel = "MOUNTPOINT",
            description = "Where images are. Not needed if there is only one mount.")
    private Path mountPoint;

    /** For picocli. */
    public ReportCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (record != null && (words.size() == COMPARED || record < 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--record takes 1s or more, and is for images of a mount, not for a comparison");
        }
        Page page;
        List<Recording.Sample> growth = record == null
                ? List.of()
                : Recording.of(mount(), word(), record, spec.commandLine().getErr());
        try (NewFile file = NewFile.begin(output);
                Stages stages = Stages.begin(spec.commandLine().getErr())) {
            stages.at("reading the profile");
            page = page(growth);
            stages.at("writing " + output);
            page.write(file);
            file.finish();
        }
        PrintWriter out = spec.commandLine().getOut();
        page.shown()
                .forEach(profile -> out.printf(
                        "%s: %d of %d functions have counts%n",
                        profile.name(),
                        profile.content().functions().stream()
                                .filter(function -> function.sum() != 0)
                                .count(),
                        profile.content().functions().size()));
        out.println(output);
        out.flush();
        return CommandLine.ExitCode.OK;
    }

    /** Null if all images are meant. */
    private String word() {
        return words.isEmpty() ? null : words.get(0);
    }

    private Page page(List<Recording.Sample> growth) throws IOException {
        if (words.size() == COMPARED) {
            return new Page(List.of(one(words.get(1))), one(words.get(0)), growth, null);
        }
        return new Page(
                word() == null ? ImageProfiles.served(mountPoint) : ImageProfiles.of(word(), mountPoint),
                null,
                growth,
                null);
    }

    private ServedMount mount() throws IOException {
        return ServedMount.of(ServedMount.of(mountPoint).pathForPrograms());
    }

    private ImageProfile one(String word) throws IOException {
        List<ImageProfile> profiles = ImageProfiles.of(word, mountPoint);
        if (profiles.size() != 1) {
            throw new IOException(word + " has " + profiles.size() + " images: only profiles of one can be compared");
        }
        return profiles.get(0);
    }
}
