package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code ./pgofs} says and asks before it installs a package: on a copy of this machine without wrk, whose apt-get knows a
 * small package of that name alone. The demo that needs it only prints a word.
 */
final class MissingPackagesIT {
    private static final String MACHINE =
            """
            mount -t tmpfs tmpfs "$1"
            cd "$1"
            mkdir root upper work
            mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
            mount --rbind /dev root/dev
            mount -t proc proc root/proc
            cat >root/prepare <<'END'
            dpkg --force-depends -P wrk >/dev/null 2>&1
            rm -f /usr/bin/wrk /usr/local/bin/wrk
            rm -rf /etc/apt/sources.list* /etc/apt/apt.conf.d /var/lib/apt/lists
            mkdir -p /etc/apt/apt.conf.d /var/lib/apt/lists/partial /packages/wrk/DEBIAN /packages/wrk/usr/bin
            cd /packages
            printf '%s\\n' 'Package: wrk' 'Version: 1' 'Architecture: all' 'Maintainer: nobody <nobody@example.org>' \\
              'Installed-Size: 3072' 'Description: a word' >wrk/DEBIAN/control
            printf '#!/bin/sh\\n' >wrk/usr/bin/wrk
            chmod 755 wrk/usr/bin/wrk
            dpkg-deb -b wrk wrk.deb >/dev/null
            dpkg-scanpackages . >Packages 2>/dev/null
            echo 'deb [trusted=yes] file:/packages ./' >/etc/apt/sources.list
            touch "$1/daemon/target/pgofs/.built"
            printf '#!/bin/sh\\necho demonstrated "$2"\\n' >"$1/integration-tests/demo/run"
            END
            in_copy() { chroot root bash -euc "$1" bash "$2"; }
            in_copy '. /prepare' "$2"
            """;

    @TempDir
    Path directory;

    @Test
    void shouldSayWhatItInstallsAndForWhat() throws IOException {
        Shell.Result result = onCopy("in_copy '\"$1\"/pgofs demo nginx' \"$2\"; in_copy 'command -v wrk' \"$2\"");
        assertEquals("demonstrated nginx\n/usr/bin/wrk\n", result.output());
        assertEquals(
                """
                pgofs: the demo needs packages that are missing: wrk
                pgofs: in all 1 to install, 0.0 MB to download, 3.1 MB on disk
                pgofs: installing wrk
                """,
                result.errors());
    }

    @Test
    void shouldAskAtATerminal() throws IOException {
        Shell.Result no = onCopy("in_copy 'echo n | script -qec \"$1/pgofs demo nginx\" /dev/null || echo status $?;"
                + " command -v wrk || echo no wrk' \"$2\"");
        assertTrue(no.output().contains("pgofs: install them? [Y/n] "), no.output());
        assertTrue(
                no.output()
                        .replace("\r", "")
                        .endsWith("pgofs: nothing was installed, and so nothing else was done\nstatus 1\nno wrk\n"),
                no.output());
    }

    @Test
    void shouldInstallWhenTheAnswerIsYes() throws IOException {
        Shell.Result yes =
                onCopy("in_copy 'echo y | script -qec \"$1/pgofs demo nginx\" /dev/null; command -v wrk' \"$2\"");
        assertTrue(yes.output().contains("pgofs: install them? [Y/n] "), yes.output());
        assertTrue(yes.output().replace("\r", "").endsWith("demonstrated nginx\n/usr/bin/wrk\n"), yes.output());
    }

    private Shell.Result onCopy(String script) throws IOException {
        Path room = Files.createDirectory(directory.resolve("room"));
        return Shell.in(directory)
                .run(
                        "unshare",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "bash",
                        "-euc",
                        MACHINE + script,
                        "bash",
                        room.toString(),
                        Checkout.ROOT.toString())
                .ok();
    }
}
