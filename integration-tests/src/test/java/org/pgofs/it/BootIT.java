package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The package on booted systems: what an administrator does with it, from its installation to its purge. */
@Tag("boot")
final class BootIT {
    private static final Toolchain CLANG = Toolchain.DEFAULT;

    /** A package and its dependencies, and what the package says. */
    private static final String INSTALL = "apt-get -q -y --no-install-recommends install /root/%s.deb </dev/null 2>&1";

    private static final String PROCESS = "systemctl show -P MainPID pgofs";
    private static final String ACTIVE = "wait_for 'systemctl is-active pgofs' active\n";

    @TempDir
    Path directory;

    private Stopwatch stopwatch;
    private BootedSystem system;

    @ParameterizedTest
    @CsvSource({
        "bookworm, http://deb.debian.org/debian",
        "trixie, http://deb.debian.org/debian",
        "noble, deb http://archive.ubuntu.com/ubuntu noble main universe"
    })
    @Execution(ExecutionMode.CONCURRENT) // they wait for most of the time
    void shouldServeFromInstallationToPurge(String suite, String mirror) throws Exception {
        stopwatch = new Stopwatch("pgofs: boot test on " + suite + ":");
        try (BootedSystem made = BootedSystem.make(directory, suite, mirror)) {
            system = made;
            stopwatch.lap("packages of the distribution");
            preparePackages();
            prepareLoad();
            stopwatch.lap("package and program");
            system.boot(directory.resolve("console"));
            stopwatch.lap("boot");
            install();
            enable();
            reboot();
            kill();
            stopAnswering();
            upgradeUnderLoad();
            compareCounts();
            serveFurtherMounts();
            purge();
        } finally {
            stopwatch.print();
        }
    }

    /** Two versions, of which the second only says that it is newer. */
    private void preparePackages() throws IOException {
        String made = Shell.in(directory)
                .run(Checkout.ROOT.resolve("daemon/src/main/deb/build").toString(), directory.toString())
                .ok()
                .output()
                .strip();
        Files.copy(Path.of(made), system.file("/root/older.deb"));
        Shell.in(directory)
                .bash(
                        """
                        dpkg-deb -R "$1" newer
                        sed -i 's/^Version: .*/&.1/' newer/DEBIAN/control
                        dpkg-deb -Znone -b newer "$2" >/dev/null
                        rm -r newer
                        """,
                        made,
                        system.file("/root/newer.deb"))
                .ok();
    }

    private void prepareLoad() throws IOException {
        Path source = Checkout.SOURCES.resolve("resources/boot/load.c");
        Shell.in(directory)
                .run(
                        Checkout.PGOFS.toString(),
                        "cc",
                        "--",
                        "clang-14",
                        source.toString(),
                        "-o",
                        system.file("/usr/local/bin/load").toString())
                .ok();
    }

    private void install() {
        system.run(
                """
                apt-get -q update >/dev/null
                %s >/root/said || { cat /root/said >&2; exit 1; }
                mountpoint -q /run/pgofs
                test "$(systemctl is-enabled pgofs)" = disabled
                test "$(systemctl is-active pgofs || true)" = inactive
                """
                        .formatted(INSTALL.formatted("older")));
        stopwatch.lap("installation with Java and libfuse");
    }

    private void enable() {
        String seen = system.run(
                """
                echo PGOFS_OPTIONS=mode=0755 >>/etc/default/pgofs
                systemctl --quiet enable --now pgofs
                setpriv --reuid=65534 --regid=65534 --clear-groups head -n 2 /mnt/pgofs/pgo/status
                systemctl show -P StatusText pgofs
                systemctl show -P NotifyAccess pgofs
                """);
        assertTrue(
                seen.matches("segments in /run/pgofs, served at /mnt/pgofs\\n.*\\n"
                        + "Serving /mnt/pgofs: 0 images, 0 live segments\\nmain\\n"),
                seen);
        system.run(BootedSystem.script("services"));
        stopwatch.lap("enabling");
    }

    /** Programs start before the daemon, at every boot. */
    private void reboot() {
        system.reboot();
        system.run(ACTIVE + "wait_for 'ls /mnt/pgofs/pgo/images | wc -l' 1\n");
        stopwatch.lap("reboot");
    }

    private void kill() {
        String seen = system.run(
                """
                before=$(%s)
                kill -KILL "$before"
                wait_for 'systemctl show -P NRestarts pgofs' 1
                %s
                journalctl -q -b -o cat -p warning -u pgofs | grep "process $before, was killed" | sed "s/$before/N/; s/of 2.*Z/of T/"
                journalctl -q -b -o cat -p warning -u pgofs | grep -c 'mounted on' || true
                journalctl -q -b -o cat -p info -u pgofs | grep -c ': mounted on /mnt/pgofs'
                """
                        .formatted(PROCESS, ACTIVE));
        assertEquals(
                """
                /mnt/pgofs: the daemon before this one, process N, was killed: its last sign of life is of T; its counts are taken over
                0
                2
                """,
                seen);
        stopwatch.lap("killed daemon");
    }

    /** As one that is stuck. */
    private void stopAnswering() {
        system.run(
                """
                test "$(systemctl show -P WatchdogUSec pgofs)" = 2min
                mkdir /run/systemd/system/pgofs.service.d
                printf '[Service]\\nWatchdogSec=20\\n' >/run/systemd/system/pgofs.service.d/test.conf
                systemctl daemon-reload
                systemctl restart pgofs
                for beat in first second; do
                  heard=$(systemctl show -P WatchdogTimestampMonotonic pgofs)
                  until [ "$(systemctl show -P WatchdogTimestampMonotonic pgofs)" != "$heard" ]; do sleep 0.2; done
                done
                restarts=$(systemctl show -P NRestarts pgofs)
                kill -STOP "$(%s)"
                wait_for 'systemctl show -P NRestarts pgofs' $((restarts + 1))
                %s
                journalctl -q -b -u pgofs >/root/journal
                grep -q 'Watchdog timeout' /root/journal
                rm -r /run/systemd/system/pgofs.service.d
                systemctl daemon-reload
                systemctl restart pgofs
                """
                        .formatted(PROCESS, ACTIVE));
        stopwatch.lap("silent daemon");
    }

    /** The services run on, and begin and end processes all the time. */
    private void upgradeUnderLoad() {
        String services = "systemctl show -P MainPID load runs";
        String before = system.run(PROCESS + "; " + services);
        String said = system.run("runs=$(wc -l </var/log/runs)\n" + INSTALL.formatted("newer")
                + "\nuntil [ \"$(wc -l </var/log/runs)\" -ge $((runs + 20)) ]; do sleep 0.1; done");
        assertTrue(said.contains("Restarting pgofs.service; programs keep counting, and nothing is lost"), said);
        String after = system.run(ACTIVE + PROCESS + "; " + services);
        assertNotEquals(before.lines().findFirst(), after.lines().findFirst(), "another daemon");
        assertEquals(before.lines().skip(1).toList(), after.lines().skip(1).toList(), "the same services");
        String versions = system.run("dpkg-query -W -f '${Version}\\n' pgofs; tail -n 1 /etc/default/pgofs");
        assertTrue(versions.endsWith(".1\nPGOFS_OPTIONS=mode=0755\n"), versions);
        stopwatch.lap("upgrade under load");
    }

    /** Since the boot, over all daemons: each call that the programs say they made is counted once. */
    private void compareCounts() throws IOException {
        String said = system.run(
                """
                systemctl stop load runs
                cp /mnt/pgofs/pgo/profraw /root/load.profraw
                cat /var/log/load /var/log/runs | awk '{ n += $1 } END { print n }'
                """);
        Path copy = Files.copy(
                system.file("/root/load.profraw"),
                directory.resolve("load.profraw"),
                StandardCopyOption.REPLACE_EXISTING);
        long counted = Profile.of(CLANG, copy).calls("counted");
        assertEquals(said.strip(), String.valueOf(counted));
        System.out.printf("pgofs: %s calls, %d counted%n", said.strip(), counted);
        stopwatch.lap("counts compared");
    }

    private void serveFurtherMounts() {
        String seen = system.run(
                """
                echo PGOFS_OPTIONS=mode=0700 >/etc/default/pgofs-web
                systemctl start pgofs@web
                head -n 1 /mnt/pgofs-web/pgo/status
                mkdir /mnt/debug
                mount -t fuse.pgofs -o segment-dir=/run/debug none /mnt/debug
                head -n 1 /mnt/debug/pgo/status
                umount /mnt/debug
                wait_for 'umount /run/debug && echo ended' ended
                systemctl stop pgofs@web
                rm /etc/default/pgofs-web
                """);
        assertEquals(
                """
                segments in /run/pgofs-web, served at /mnt/pgofs-web
                segments in /run/debug, served at /mnt/debug
                """,
                seen);
        stopwatch.lap("further mounts");
    }

    private void purge() {
        String left = system.run(
                """
                systemctl start load
                apt-get -q -y purge pgofs </dev/null >/dev/null 2>&1
                systemctl is-active load
                # A slice is systemd's own.
                systemctl --all --no-legend --plain list-units '*pgofs*' | grep -v -e not-found -e ^system-pgofs.slice || true
                systemctl --no-legend list-unit-files '*pgofs*' || true
                grep pgofs /proc/mounts || true
                find / /run /var/log -xdev -name '*pgofs*' ! -path '*.service.d/pgofs.conf' ! -path '/proc/*' ! -path '/sys/*'
                """);
        assertEquals("active\n", left);
        stopwatch.lap("purge");
    }
}
