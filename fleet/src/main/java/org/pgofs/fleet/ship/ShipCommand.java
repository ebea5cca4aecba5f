package org.pgofs.fleet.ship;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.pgofs.daemon.client.Seconds;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.json.RecordJson;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceName;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code pgofs ship}. Exit codes: 0 all is in the store, 1 something is not, 2 usage. */
@Command(
        name = "ship",
        description = {
            "Send what a mount counts to a store that many machines share, each count once:",
            "",
            "  pgofs ship --to /srv/profiles /mnt/pgofs",
            "",
            "Each image that has counts is taken, which sets them back in the mount, and becomes an object in the store. What"
                    + " is taken lies in a spool until the store has it. A crash at any moment, a full disk or a store that is"
                    + " away neither loses a count nor has it there twice. Run the command again, and it goes on.",
            ""
        },
        mixinStandardHelpOptions = true)
public final class ShipCommand implements Callable<Integer> {
    private static final int ATTEMPTS = 3;
    private static final String SPOOLS = "/var/spool/pgofs";

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "MOUNTPOINT", description = ServedMount.DESCRIPTION)
    private Path mountPoint;

    @Option(
            names = "--to",
            paramLabel = "URI",
            description = "The store: a directory that is there, which may be on NFS, as a path or as file:///PATH; or"
                    + " s3://BUCKET/PREFIX.")
    private String to;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "Stay, and take again after this time, give or take a tenth: 90s, 10m or 1h (default: once).")
    private Double every;

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description =
                    "Say this of the machine, beside each piece: a merge can weigh pieces by it. May be repeated.")
    private Map<String, String> labels = Map.of();

    @Option(names = "--host", paramLabel = "NAME", description = "What the machine is called (default: its host name).")
    private String host;

    @Option(
            names = "--spool",
            paramLabel = "DIR",
            description =
                    "Where pieces lie until the store has them; on a disk that outlives the machine's boot (default: a"
                            + " directory in " + SPOOLS + " for each mount point).")
    private Path spoolDirectory;

    @Option(
            names = "--spool-limit",
            paramLabel = "MIB",
            defaultValue = "1024",
            description =
                    "How much the spool may have, in MiB (default: ${DEFAULT-VALUE}). Beyond it, counts stay in the"
                            + " mount.")
    private int limit;

    @Option(names = "--status", description = "Say what is in the spool, and what its shipper does; change nothing.")
    private boolean status;

    @Option(names = "--json", description = "With --status: print one JSON object.")
    private boolean json;

    @Option(
            names = "--unconfirmed",
            paramLabel = "ship|drop",
            converter = UnconfirmedWord.class,
            description =
                    "What becomes of pieces of which nobody can tell any more whether they were taken: that is, the"
                            + " shipper was killed, and the daemon's state is gone, before the daemon could say it. Default: they stay"
                            + " in the spool.")
    private Unconfirmed unconfirmed;

    /** What may become of them. */
    enum Unconfirmed {
        SHIP,
        DROP
    }

    private static final class UnconfirmedWord implements ITypeConverter<Unconfirmed> {
        @Override
        public Unconfirmed convert(String word) {
            return switch (word) {
                case "ship" -> Unconfirmed.SHIP;
                case "drop" -> Unconfirmed.DROP;
                default -> throw new TypeConversionException("'" + word + "' is neither ship nor drop");
            };
        }
    }

    /** For picocli. */
    public ShipCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path mount = spoolDirectory != null && status
                ? null
                : ServedMount.of(mountPoint).path();
        Path directory = spoolDirectory != null ? spoolDirectory : spoolOf(mount);
        if (status) {
            return printStatus(directory);
        }
        Host here = host();
        try (Spool spool = Spool.open(directory, new SpoolDisk());
                ObjectStore store = PresentDirectory.open(required(to, "--to"))) {
            decide(spool);
            Tally tally = new Tally(Clock.systemUTC());
            long bytes = (long) limit << 20;
            Shipper shipper = new Shipper(new CountedMount(mount), spool, store, here, labels, bytes, tally);
            return run(new Rounds(shipper, spool, tally, store.toString(), bytes));
        }
    }

    private <T> T required(T value, String option) {
        if (value == null) {
            throw new ParameterException(spec.commandLine(), option + " is missing: where should the counts go?");
        }
        return value;
    }

    private Host host() throws IOException {
        Host here = Host.here(host);
        if (!PieceName.isHost(here.name())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'" + here.name() + "' cannot name a machine: give letters, digits, . _ - by --host");
        }
        return here;
    }

    private static Path spoolOf(Path mount) {
        return Path.of(
                SPOOLS, URLEncoder.encode(mount.toAbsolutePath().normalize().toString(), StandardCharsets.UTF_8));
    }

    private int printStatus(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IOException("there is no spool " + directory + ": nothing was ever shipped from here");
        }
        SpoolStatus said = SpoolStatus.of(directory);
        spec.commandLine().getOut().print(json ? said.json() : said.text());
        spec.commandLine().getOut().flush();
        return CommandLine.ExitCode.OK;
    }

    private void decide(Spool spool) throws IOException {
        for (Spool.Entry entry : unconfirmed == null ? List.<Spool.Entry>of() : spool.entries(Spool.UNCONFIRMED)) {
            if (unconfirmed == Unconfirmed.SHIP) {
                spool.become(entry, Spool.PIECE);
            } else {
                spool.remove(entry);
            }
        }
    }

    /** A taking, a sending, and what is said of both. */
    private final class Rounds {
        private final Shipper shipper;
        private final Spool spool;
        private final Tally tally;
        private final String store;
        private final long bytes;
        private String printed;

        Rounds(Shipper shipper, Spool spool, Tally tally, String store, long bytes) {
            this.shipper = shipper;
            this.spool = spool;
            this.tally = tally;
            this.store = store;
            this.bytes = bytes;
        }

        /** What went wrong, null if nothing did. */
        private String attempt(Step step) {
            try {
                step.run();
                return null;
            } catch (IOException e) {
                tally.failed();
                return String.valueOf(e.getMessage());
            }
        }

        String take() {
            return attempt(shipper::take);
        }

        String send() {
            return attempt(shipper::send);
        }

        void say(String problem) throws IOException {
            if (problem != null && !problem.equals(printed)) {
                spec.commandLine().getErr().println("pgofs: " + problem);
                spec.commandLine().getErr().flush();
            }
            printed = problem;
            SpoolStatus.Said said = new SpoolStatus.Said(
                    store,
                    bytes,
                    tally.lastTake(),
                    tally.pieces(),
                    tally.bytes(),
                    tally.lastObject(),
                    tally.sentAt() == null ? null : tally.sentAt().toString(),
                    tally.failures(),
                    problem,
                    Instant.now().toString());
            spool.note(SpoolStatus.FILE, RecordJson.of(said));
            spool.note(SpoolStatus.METRICS, SpoolStatus.metrics(SpoolStatus.of(spool.directory()), said));
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private int run(Rounds rounds) throws IOException, InterruptedException {
        Pace pace = new Pace(new Random());
        return every == null ? once(rounds, pace) : always(rounds, pace);
    }

    private int once(Rounds rounds, Pace pace) throws IOException, InterruptedException {
        String notTaken = rounds.take();
        String notSent = rounds.send();
        for (int attempt = 1; notSent != null && attempt < ATTEMPTS; attempt++) {
            rounds.say(notSent);
            Thread.sleep(pace.retry(attempt).toMillis());
            notSent = rounds.send();
        }
        if (notTaken != null) {
            rounds.say(notTaken);
        }
        rounds.say(notSent != null ? notSent : notTaken);
        SpoolStatus left = SpoolStatus.of(rounds.spool.directory());
        spec.commandLine()
                .getOut()
                .printf(
                        "%d pieces sent to %s%s%n",
                        rounds.tally.pieces(),
                        rounds.store,
                        left.pieces() == 0 ? "" : "; " + left.pieces() + " wait in " + left.spool());
        spec.commandLine().getOut().flush();
        return notSent == null && notTaken == null && left.unconfirmed() == 0
                ? CommandLine.ExitCode.OK
                : CommandLine.ExitCode.SOFTWARE;
    }

    private int always(Rounds rounds, Pace pace) throws IOException, InterruptedException {
        Duration period = Duration.ofMillis(Math.round(every * 1000));
        long nextTake = System.nanoTime();
        int failures = 0;
        String notTaken = null;
        while (true) {
            if (System.nanoTime() - nextTake >= 0) {
                notTaken = rounds.take();
                nextTake = System.nanoTime() + pace.period(period).toNanos();
            }
            String notSent = rounds.send();
            failures = notSent == null ? 0 : failures + 1;
            rounds.say(notSent != null ? notSent : notTaken);
            long wait = nextTake - System.nanoTime();
            if (failures > 0) {
                wait = Math.min(wait, pace.retry(failures).toNanos());
            }
            Thread.sleep(Math.max(1, wait / 1_000_000));
        }
    }
}
