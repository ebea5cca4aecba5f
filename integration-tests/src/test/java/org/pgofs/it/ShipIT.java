package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.fleet.ship.FaultyShipper;
import org.pgofs.fleet.store.PieceInfo;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.fleet.store.Stores;
import org.pgofs.it.S3Relay.Fault;

/** {@code pgofs ship}: whatever happens, each count is in the store once, or somewhere else once. */
final class ShipIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final Map<String, String> LABELS = Map.of("zone", "b");

    @TempDir
    Path directory;

    private Path store;
    private String to;
    private Path spool;

    @BeforeEach
    void makeDirectories() throws IOException {
        store = Files.createDirectory(directory.resolve("store"));
        to = store.toString();
        spool = directory.resolve("spool");
    }

    private FaultyShipper shipper(PgofsMount mount, boolean deadly, int steps, Runnable atFault) throws IOException {
        return new FaultyShipper(mount.root(), spool, Stores.open(to), LABELS, deadly, steps, atFault);
    }

    private void wholeRound(PgofsMount mount) throws IOException {
        try (FaultyShipper shipper = shipper(mount, true, Integer.MAX_VALUE, () -> {})) {
            shipper.round();
        }
    }

    /** Whether the fault was reached. */
    private boolean faultyRound(PgofsMount mount, boolean deadly, int steps, Runnable atFault) throws IOException {
        boolean begun = false;
        try (FaultyShipper shipper = shipper(mount, deadly, steps, atFault)) {
            begun = true;
            try {
                shipper.round();
            } catch (FaultyShipper.Died | IOException e) {
                assertTrue(shipper.isHit(), e::toString);
            }
            return shipper.isHit();
        } catch (FaultyShipper.Died | IOException e) {
            assertFalse(begun, e::toString); // it did not get as far as to have a spool
            return true;
        }
    }

    /** The program counts on, and in every second round somebody else takes before the shipper is started again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNeitherLoseNorDoubleACountWhereverItIsStopped(boolean deadly) throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            int least = 8;
            boolean hit = true;
            for (int step = 0; hit; step++) {
                for (boolean other : new boolean[] {false, true}) {
                    String what = (deadly ? "killed at" : "failed at") + " step " + step;
                    ledger.count(1 + step);
                    hit = faultyRound(mount, deadly, step, () -> {});
                    ledger.count(100);
                    if (other) {
                        ledger.takeElsewhere();
                    }
                    wholeRound(mount);
                    ledger.check(what);
                    assertEquals(List.of(), waiting(), what);
                }
                assertTrue(hit || step > least, "too few steps");
            }
            assertEquals(0, RawCounts.first(mount.copy(), "counted"));
        }
    }

    /** The files of pieces in the spool. */
    private List<String> waiting() throws IOException {
        try (Stream<Path> files = Files.list(spool)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9]+\\..*|unfinished"))
                    .toList();
        }
    }

    @Test
    void shouldNeitherLoseNorDoubleACountWhenTheDaemonIsKilledBeforeOrAfterItTakes() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        int beforeTheCommit = 2;
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            ledger.count(1);
            wholeRound(mount);
            for (int step : new int[] {beforeTheCommit, beforeTheCommit + 1}) {
                ledger.count(1 + step);
                assertTrue(faultyRound(mount, false, step, () -> kill(mount)));
                assertEquals(1, waiting().size(), "nobody could say whether it was taken");
                ledger.count(10);
                mount.startDaemon();
                ledger.takeElsewhere();
                wholeRound(mount);
                ledger.check("daemon killed at step " + step);
            }
            assertEquals(2, ledger.objects().size());
        }
    }

    /** A real server, whose objects are files. Before these steps the store has no part in it. */
    @Test
    void shouldNeitherLoseNorDoubleACountInABucket() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        int beforeTheStore = 5;
        try (S3Server server = S3Server.start(store);
                PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            store = server.bucket("fleet");
            to = "s3://fleet";
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            ledger.count(1);
            wholeRound(mount); // the spool is made
            for (boolean deadly : new boolean[] {true, false}) {
                int step = beforeTheStore;
                for (boolean hit = true; hit; step++) {
                    ledger.count(1 + step);
                    hit = faultyRound(mount, deadly, step, () -> {});
                    ledger.count(100);
                    wholeRound(mount);
                    ledger.check((deadly ? "killed at" : "failed at") + " step " + step);
                    assertEquals(List.of(), waiting());
                }
                assertTrue(step > beforeTheStore + 5, "too few steps: " + step);
            }
            for (int lost = 1; lost < 3; lost++) {
                ledger.count(3);
                server.relay().fail(Fault.LOST_ANSWER, Fault.LOST_ANSWER);
                wholeRound(mount);
                ledger.check("the answers were lost");
            }
            assertEquals(0, RawCounts.first(mount.copy(), "counted"));
        }
    }

    @Test
    void shouldSendToABucketWhenItIsThere() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (S3Server server = S3Server.start(store);
                PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store.resolve("fleet/all"));
            ledger.count(3);
            Shell.Result away = ship(mount, server::shell, "--to", "s3://fleet/all");
            assertEquals(1, away.status());
            assertEquals("pgofs: there is no bucket fleet: make it, or see AWS_ENDPOINT_URL\n", away.errors());
            assertEquals("0 pieces sent to s3://fleet/all; 1 wait in " + spool + "\n", away.output());
            server.bucket("fleet");
            ledger.count(4);
            Shell.Result sent =
                    ship(mount, server::shell, "--to", "s3://fleet/all").ok();
            assertEquals("2 pieces sent to s3://fleet/all\n", sent.output());
            assertEquals("", sent.errors());
            assertEquals(7, ledger.shipped());
        }
    }

    private static void kill(PgofsMount mount) {
        try {
            mount.killDaemon();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Shell.Result ship(PgofsMount mount, String... options) {
        return ship(mount, shell -> shell, options);
    }

    private Shell.Result ship(PgofsMount mount, UnaryOperator<Shell> environment, String... options) {
        List<String> command = new ArrayList<>(List.of(Checkout.PGOFS.toString(), "ship", "--spool", spool.toString()));
        command.addAll(List.of(options));
        command.add(mount.root().toString());
        return environment.apply(mount.shell()).run(command.toArray(String[]::new));
    }

    @Test
    void shouldSayWhatItSends() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            ledger.count(7);
            Shell.Result sent = ship(
                            mount,
                            "--to",
                            "file://" + store,
                            "--label",
                            "zone=b",
                            "--label",
                            "canary=yes",
                            "--host",
                            "web-1")
                    .ok();
            assertEquals("1 pieces sent to " + store + "\n", sent.output());
            assertEquals(7, ledger.shipped());
            PieceName name =
                    PieceName.parse(store.relativize(ledger.objects().get(0)).toString());
            assertEquals("web-1", name.host());
            assertEquals(
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                            .strip()
                            .replace("-", ""),
                    name.boot());
            assertTrue(program.getFileName().toString().startsWith(name.image().name()), name.path());
            assertEquals(1, name.sequence() & 0xffffffffL, "the number of the take");
            PieceInfo info = PieceInfo.parse(Files.readString(store.resolve(name.infoPath())));
            assertEquals(Map.of("zone", "b", "canary", "yes"), info.labels());
            assertEquals(1, info.processes());
            assertTrue(info.total() >= 7);

            assertEquals(
                    "0 pieces sent to " + store + "\n",
                    ship(mount, "--to", store.toString()).ok().output());
            assertEquals(1, ledger.objects().size(), "without counts there is nothing to send");
            String status = ship(mount, "--status").ok().output();
            assertTrue(status.contains("0 pieces of 0 bytes wait"), status);
            assertTrue(status.contains("last take: number 0") && !status.contains("attention"), status);
            Map<?, ?> json = (Map<?, ?>)
                    Json.parse(ship(mount, "--status", "--json").ok().output());
            assertEquals(0L, json.get("pieces"));
            assertTrue(Files.readString(spool.resolve("pgofs_ship.prom")).contains("pgofs_ship_spool_pieces 0\n"));
        }
    }

    @Test
    void shouldKeepPiecesUntilTheStoreIsThere() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            ledger.count(3);
            Files.delete(store);
            Shell.Result away = ship(mount, "--to", store.toString());
            assertEquals(1, away.status());
            assertEquals("pgofs: the store " + store + " is not there: mount it, or make it\n", away.errors());
            assertEquals("0 pieces sent to " + store + "; 1 wait in " + spool + "\n", away.output());
            assertFalse(Files.exists(store), "nothing is written where nothing is mounted");
            assertTrue(ship(mount, "--status").ok().output().contains("attention: "));
            ledger.count(4);
            Files.createDirectory(store);
            assertEquals(
                    "2 pieces sent to " + store + "\n",
                    ship(mount, "--to", store.toString()).ok().output());
            assertEquals(7, ledger.shipped());
        }
    }

    @Test
    void shouldTakeNothingWithoutRoomForIt() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            wholeRound(mount);
            ledger.count(5);
            Shell.in(directory)
                    .run("mount", "-t", "tmpfs", "-o", "size=16K", "spool", spool.toString())
                    .ok();
            try {
                Shell.in(directory)
                        .bash("head -c 1M /dev/zero >\"$1/filler\" || true", spool)
                        .ok();
                Shell.Result full = ship(mount, "--to", store.toString());
                assertEquals(1, full.status());
                assertTrue(full.errors().contains("No space left on device"), full.errors());
                assertEquals(0, ledger.shipped());
                ledger.check("full disk");
                Files.delete(spool.resolve("filler"));
                ship(mount, "--to", store.toString()).ok();
                assertEquals(5, ledger.shipped());

                ledger.count(6);
                Shell.Result bound = ship(mount, "--to", store.toString(), "--spool-limit", "0");
                assertEquals(1, bound.status());
                assertTrue(bound.errors().contains(spool + " may have 0 bytes"), bound.errors());
                ledger.check("full spool");
            } finally {
                Shell.in(directory).run("umount", spool.toString());
            }
        }
    }

    @Test
    void shouldRefuseASecondShipper() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program);
                FaultyShipper first = shipper(mount, true, Integer.MAX_VALUE, () -> {})) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            ledger.count(5);
            Shell.Result second = ship(mount, "--to", store.toString());
            assertEquals(1, second.status());
            assertEquals(
                    "pgofs: another shipper has the spool " + spool + ", process "
                            + ProcessHandle.current().pid() + ": end it, or name another spool by --spool\n",
                    second.errors());
            assertEquals(List.of(), ledger.objects());
            first.round();
            assertEquals(5, ledger.shipped());
        }
    }

    /** Two spools: each has pieces of its own, and one does not take the other's for its own. */
    @Test
    void shouldCountOnceWithSeveralSpoolsOfOneMount() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            Path first = spool;
            wholeRound(mount);
            for (int step = 2; step < 5; step++) {
                ledger.count(5);
                spool = first;
                assertTrue(faultyRound(mount, true, step, () -> {}));
                spool = directory.resolve("other");
                for (int i = 0; i < 3; i++) {
                    ledger.count(1);
                    wholeRound(mount);
                }
                spool = first;
                wholeRound(mount);
                ledger.check("step " + step);
                assertEquals(0, RawCounts.first(mount.copy(), "counted"));
            }
        }
    }

    @Test
    void shouldLeaveToPeopleWhatNobodyCanKnow() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            wholeRound(mount);
            int afterTheCommit = 3;
            for (String decision : List.of("drop", "ship")) {
                ledger.count(5);
                assertTrue(faultyRound(mount, true, afterTheCommit, () -> {}));
                mount.stopDaemon();
                try (Stream<Path> state = Files.list(mount.segments().resolve(".state"))) {
                    state.forEach(ShipIT::delete);
                }
                mount.startDaemon();
                mount.reset();
                Shell.Result unknown = ship(mount, "--to", store.toString());
                assertEquals(1, unknown.status());
                assertEquals(0, ledger.shipped());
                String status = ship(mount, "--status").ok().output();
                assertTrue(status.contains("attention: 1 pieces may have been taken or not"), status);
                ship(mount, "--to", store.toString(), "--unconfirmed", decision).ok();
                assertEquals(List.of(), waiting());
            }
            assertEquals(5, ledger.shipped());
        }
    }

    /** How many objects there are, after the program has counted on. */
    private static int counted(ShippedLedger ledger) {
        try {
            ledger.count(3);
            return ledger.objects().size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two images of different builds never share an object, and one that is there already is never written over. */
    @Test
    void shouldGiveAPieceAnotherNameThanThatOfAnothersObject() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            ledger.count(5);
            int beforeTheStore = 7;
            assertTrue(faultyRound(mount, true, beforeTheStore, () -> {}));
            String sequence = waiting().get(0).replace(".piece", "");
            ledger.count(6);
            wholeRound(mount);
            Path object = ledger.objects().stream()
                    .filter(path -> path.toString().contains("-" + sequence + "."))
                    .findFirst()
                    .orElseThrow();
            byte[] before = Files.readAllBytes(object);
            // As if a state that was restored gave a number twice.
            ledger.count(7);
            assertTrue(faultyRound(mount, true, 5, () -> {}));
            String other = waiting().get(0);
            Files.move(spool.resolve(other), spool.resolve(sequence + ".piece"));
            wholeRound(mount);
            assertEquals(List.of(), waiting());
            assertEquals(
                    new String(before, StandardCharsets.ISO_8859_1),
                    Files.readString(object, StandardCharsets.ISO_8859_1));
            assertEquals(18, ledger.shipped());
        }
    }

    /** The real process, by a real SIGKILL, while the program counts as fast as it can. */
    @Test
    void shouldCountExactlyWhenTheProcessIsKilledAgainAndAgain() throws Exception {
        Path program = TOOLCHAIN.worker(directory);
        try (PgofsMount mount = PgofsMount.start(directory);
                Worker worker = Worker.start(mount.shell(), program)) {
            ShippedLedger ledger = new ShippedLedger(directory, mount, worker, store);
            for (int i = 0; i < 3; i++) {
                Process shipper = mount.shell()
                        .command(
                                Checkout.PGOFS.toString(),
                                "ship",
                                "--spool",
                                spool.toString(),
                                "--to",
                                store.toString(),
                                "--every",
                                "0.001s",
                                mount.root().toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                int before = ledger.objects().size();
                try {
                    Await.until("it has sent some", () -> counted(ledger) > before + 5);
                } finally {
                    shipper.destroyForcibly().waitFor();
                }
            }
            wholeRound(mount);
            ledger.check("killed three times");
            assertEquals(0, RawCounts.first(mount.copy(), "counted"));
        }
    }
}
