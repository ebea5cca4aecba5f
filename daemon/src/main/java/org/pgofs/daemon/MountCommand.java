package org.pgofs.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.pgofs.counters.limits.Bounds;
import org.pgofs.counters.linux.ForeignPath;
import org.pgofs.counters.linux.NativeLibrary;
import org.pgofs.counters.linux.ServiceManager;
import org.pgofs.counters.segment.SegmentDirectory;
import org.pgofs.daemon.client.Stages;
import org.pgofs.daemon.service.Heartbeat;
import org.pgofs.daemon.service.IdleMemory;
import org.pgofs.daemon.service.LogLine;
import org.pgofs.fs.fuse.Mount;
import org.pgofs.fs.fuse.MountOptions;
import org.pgofs.profraw.UnsupportedRawVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs mount}. The launcher puts it into the background, unless it is told not to. */
@Command(
        name = "mount",
        description = "Serve the profiles of instrumented programs at MOUNTPOINT; return when it is ready.",
        mixinStandardHelpOptions = true)
final class MountCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(MountCommand.class);

    /** What the launcher waits for. */
    private static final String READY = "ready";

    private static final String CONFIG = "--config";

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-f", "--foreground"},
            description = "Stay in the foreground and log to standard error, until unmounted or interrupted.")
    private boolean foreground;

    @Option(
            names = "-o",
            paramLabel = "OPTS",
            defaultValue = "",
            description = "mode=OCTAL,uid=NUMBER,gid=NUMBER: permissions and owner of the mounted files, as in debugfs"
                    + " (default: mode=0700,uid=0,gid=0). users=NUMBER:NUMBER: only programs of these users"
                    + " count (default: everyone's). indexed-version=N: the version of all indexed profiles, 5 to 14"
                    + " (default: the lowest that loses nothing: 7, which every clang from 14 on reads; for coverage 7"
                    + " with clang 14 to 17, and 12 with clang 19 to 21; give 13 for coverage with clang 22)."
                    + " kernel=no: does not attach the kernel of this machine, as pgofs mount does by itself if the kernel"
                    + " was built for it, see pgofs kernel --help. stock: also reads all processes that have the compiler's own"
                    + " runtime, through their memory, see pgofs attach --help.")
    private String options;

    @Option(
            names = "--segment-dir",
            paramLabel = "DIR",
            defaultValue = "${env:PGOFS_SEGMENT_DIR:-" + SegmentDirectory.DEFAULT + "}",
            description =
                    "Where targets publish their counters (default: PGOFS_SEGMENT_DIR, as for the targets, or else"
                            + " /run/pgofs). It is created if necessary. If it is not a tmpfs, one is mounted on it.")
    private Path segmentDirectory;

    @Option(
            names = "--raw-version",
            paramLabel = "N",
            description =
                    "The version of all raw profiles: 5, 7, 8, 9, 10 or 11 (default: the highest among the"
                            + " programs). Choose the one that your llvm-profdata reads: 8 for clang 14 to 17, 10 for 19 to 22.")
    private Integer rawVersion;

    @Option(
            names = "--limits",
            paramLabel = "LIMITS",
            description =
                    "segments=N,segment-bytes=SIZE,images=N,memory=SIZE: bounds on what the daemon holds of all users"
                            + " together. segments: one for each running process and each image in it; segment-bytes: their sizes;"
                            + " images: executables and shared libraries, with those of ended processes; memory: that of images"
                            + " in the daemon. A SIZE may end in K, M, G or T. Segments over a limit wait until there is room; the"
                            + " status shows them, and their programs keep running. (default:"
                            + " segments=65536,segment-bytes=1T,images=8192,memory=half of the Java heap)")
    private String limits;

    @Option(
            names = "--user-limits",
            paramLabel = "LIMITS",
            description = "The same for each user (default: segments=16384,segment-bytes=256G,images=4096,memory=a"
                    + " quarter of the Java heap).")
    private String userLimits;

    @Option(
            names = CONFIG,
            paramLabel = "FILE",
            description =
                    "Take from FILE what is not given here: lines KEY=VALUE, as in /etc/default/pgofs of the package,"
                            + " which explains them.")
    private Path configFile;

    @Parameters(
            paramLabel = "MOUNTPOINT",
            arity = "0..1",
            description = "An empty directory. Needed unless " + CONFIG + " names it.")
    private Path mountPoint;

    private volatile int exitCode = CommandLine.ExitCode.OK;

    @Override
    public Integer call() throws IOException, InterruptedException {
        applyConfig(configFile == null ? ConfigFile.none() : ConfigFile.read(configFile));
        if (mountPoint == null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Missing required parameter: 'MOUNTPOINT'");
        }
        MountOptions mountOptions;
        Profiles profiles;
        IndexedProfiles indexed;
        Bounds bounds;
        boolean withKernel;
        try {
            mountOptions = MountOptions.parse(BoundsOptions.others(KernelOption.others(options)));
            withKernel = KernelOption.isWanted(options);
            bounds = bounds();
            profiles = rawVersion == null ? new Profiles() : new Profiles(rawVersion);
            indexed = indexed(rawVersion == null ? profiles : new Profiles());
        } catch (IllegalArgumentException | UnsupportedRawVersionException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        LogLine.name(mountPoint);
        NativeLibrary.require();
        Mount.requireNoOther(mountPoint);
        ForeignPath.requireNoFuse(segmentDirectory, "");
        Path segments = real(segmentDirectory);
        if (segments.startsWith(real(mountPoint))) {
            throw new IOException("the segment directory " + segments
                    + " would be hidden by what is mounted: give another MOUNTPOINT or --segment-dir");
        }
        Session session;
        try (Stages stages = Stages.begin(spec.commandLine().getErr())) {
            stages.at("taking up the counts that are in " + segments);
            session = Session.start(
                    segments,
                    bounds,
                    withKernel,
                    BoundsOptions.stock(options),
                    mountPoint,
                    mountOptions,
                    profiles,
                    indexed);
        }
        Optional<Heartbeat> heartbeat = ServiceManager.of(System.getenv())
                .map(manager -> Heartbeat.of(manager, session::answers, session::words));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(session, heartbeat), "shutdown"));
        try {
            proveReady(session, segments, heartbeat);
            session.awaitUnmount();
        } catch (IOException | InterruptedException | RuntimeException e) {
            exitCode = CommandLine.ExitCode.SOFTWARE;
            throw e;
        }
        heartbeat.ifPresent(Heartbeat::close);
        session.close();
        LOG.info("unmounted");
        return CommandLine.ExitCode.OK;
    }

    /** What the command line says comes first. */
    private void applyConfig(ConfigFile config) throws IOException {
        for (ConfigFile.Key key : ConfigFile.Key.values()) {
            if (isGiven(key.option())) {
                continue;
            }
            switch (key) {
                case PGOFS_MOUNTPOINT -> mountPoint = config.path(key).orElse(mountPoint);
                case PGOFS_OPTIONS -> options = config.get(key).orElse(options);
                case PGOFS_SEGMENT_DIR -> segmentDirectory = config.path(key).orElse(segmentDirectory);
                case PGOFS_RAW_VERSION -> rawVersion = config.number(key).orElse(rawVersion);
                case PGOFS_LIMITS -> limits = config.get(key).orElse(limits);
                case PGOFS_USER_LIMITS -> userLimits = config.get(key).orElse(userLimits);
                case JAVA_HOME -> {}
            }
        }
    }

    private boolean isGiven(String option) {
        return option.startsWith("-")
                ? spec.commandLine().getParseResult().hasMatchedOption(option)
                : spec.commandLine().getParseResult().hasMatchedPositional(0);
    }

    /** The kernel goes up from where a link leads, so ".." cannot be taken away by the text of a path. */
    private static Path real(Path directory) throws IOException {
        return Files.exists(directory) || directory.getParent() == null
                ? directory.toRealPath()
                : real(directory.getParent()).resolve(directory.getFileName());
    }

    /** Whatever the version of raw profiles is, an indexed one has all values. */
    private IndexedProfiles indexed(Profiles complete) {
        OptionalInt version = BoundsOptions.indexedVersion(options);
        return version.isPresent() ? new IndexedProfiles(complete, version.getAsInt()) : new IndexedProfiles(complete);
    }

    private Bounds bounds() {
        Bounds standard = BoundsOptions.standard();
        return new Bounds(
                limits == null ? standard.total() : BoundsOptions.limits(standard.total(), limits),
                userLimits == null ? standard.user() : BoundsOptions.limits(standard.user(), userLimits),
                BoundsOptions.users(options));
    }

    /** A stop by a signal is a clean end and not a failure. */
    @SuppressWarnings("SystemExitOutsideMain")
    private void end(Session session, Optional<Heartbeat> heartbeat) {
        heartbeat.ifPresent(Heartbeat::close);
        session.close();
        Runtime.getRuntime().halt(exitCode);
    }

    private void proveReady(Session session, Path segments, Optional<Heartbeat> heartbeat)
            throws IOException, InterruptedException {
        // No more than a beginning, which is enough to have compiled what serves it.
        Path pgo = session.mountPoint().resolve("pgo");
        if (!Session.canRead(pgo.resolve("profraw"), "32M")) {
            if (session.isMounted()) {
                throw new IOException("mounted, but " + pgo + " cannot be read");
            }
            return; // it was ended meanwhile
        }
        LOG.info("mounted on {}", session.mountPoint());
        SegmentDirectory.closedToOthers(segments).ifPresent(this::warn);
        tellReady(heartbeat);
        IdleMemory.watch(session::releaseSpareMemory);
    }

    /** In the log, and to whoever waits. */
    private void warn(String sentence) {
        LOG.warn(sentence);
        if (!foreground) {
            spec.commandLine().getErr().println("pgofs: " + sentence);
        }
    }

    private void tellReady(Optional<Heartbeat> heartbeat) {
        heartbeat.ifPresent(Heartbeat::begin);
        if (!foreground) {
            spec.commandLine().getErr().println(READY);
        }
    }
}
