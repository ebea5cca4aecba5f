package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Root calls the command where a user has put what he likes, and with anything in the environment. It works in a mount
 * namespace of its own, where {@code /mnt} is the directory of the test, and {@code /mnt/here} the user's.
 */
final class HostileCallIT {
    private static final String APART =
            """
            pgofs=$1
            mount --bind "$2" /mnt
            cd /mnt
            mkdir here root
            mount -t tmpfs -o mode=777 tmpfs here
            cd here
            export JAVA_TOOL_OPTIONS="-Xrs -Duser.language=fa -Duser.country=IR" JDK_JAVA_OPTIONS=-Xrs _JAVA_OPTIONS=-Xrs
            export CLASSPATH=. BASH_ENV=./sh ENV=./sh TMOUT=1 POSIXLY_CORRECT=1 PGOFS_LOG=../log CDPATH=/mnt
            """;

    /** The programs that are started by name, and their like, each of which leaves a mark. */
    private static final String TRAPS =
            """
            for name in java readlink env setsid sh bash umount mount grep head dd systemd-notify; do
              printf '#!/bin/sh\\n: >/mnt/marked-by-%s\\n' $name >$name
            done
            chmod +x *
            touch .hotspotrc .hotspot_compiler logback.xml
            """;

    /** How another process can come to have its file in the place of one of ours. */
    private static final Pattern BY_NAME = Pattern.compile("(?:\\(|AT_FDCWD, |sun_path=)\"([^\"]*)\"");

    private static final Set<String> WITHOUT_JVM = Set.of("status", "umount");

    @TempDir
    Path directory;

    private String apart(String script) {
        return Shell.in(directory)
                .run(
                        "timeout", // what blocks it is what is looked for
                        "300",
                        "unshare",
                        "--mount",
                        "--propagation",
                        "private",
                        "/bin/bash",
                        "-euo",
                        "pipefail",
                        "-c",
                        APART + script,
                        "bash",
                        Checkout.PGOFS.toString(),
                        directory.toString())
                .ok()
                .output();
    }

    @ParameterizedTest
    @ValueSource(strings = {"noexec", "size=4k,nr_inodes=2"})
    void shouldNotUseWhatOthersCanChange(String temporary) throws Exception {
        String left = apart(
                "mount -t tmpfs -o mode=1777," + temporary + " tmpfs /tmp\n"
                        + TRAPS
                        + """
                ! echo full >/tmp/full
                find . /tmp | sort >../before
                traced() {
                  PATH=.::bin:$PATH strace -f -qq -e signal=none -o ../trace.$1 -e trace=execve,open,openat,openat2,creat,\\
                mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mknod,mknodat,connect,bind \\
                    "$pgofs" "$@"
                }
                PGOFS_LOG=/mnt/log traced mount --segment-dir ../new/segments ../root &
                until [ -e ../root/pgo/profraw ]; do sleep 0.05; done
                traced status /mnt/root >&2
                traced top --once /mnt/root >&2
                traced doctor >&2 || true
                traced attach --vmlinux vmlinux --ram ram /mnt/root || true
                traced detach ram /mnt/root || true
                traced umount /mnt/root
                wait
                find . /tmp | sort | diff ../before -
                ls /mnt
                """);
        assertTrue(left.lines().noneMatch(name -> name.startsWith("marked-by")), left);
        for (String verb : List.of("mount", "status", "top", "doctor", "attach", "detach", "umount")) {
            String trace = Files.readString(directory.resolve("trace." + verb), StandardCharsets.ISO_8859_1);
            assertEquals(
                    List.of(), trace.lines().filter(HostileCallIT::isHostile).toList(), verb);
            assertTrue(
                    trace.contains(WITHOUT_JVM.contains(verb) ? "/lib/plain.sh\"" : "/lib/pgofs.jsa\""),
                    "the trace is one of what does it");
            assertEquals(verb.equals("mount") || verb.equals("doctor"), trace.contains("/lib/jni/"), verb);
        }
    }

    /** Relative, or in a directory that is not root's alone. */
    private static boolean isHostile(String call) {
        return BY_NAME.matcher(call)
                .results()
                .map(name -> name.group(1))
                .anyMatch(name -> !name.startsWith("/") || name.startsWith("/mnt/here/") || name.startsWith("/tmp"));
    }

    @Test
    void shouldHoldNothingOfItsCaller() throws Exception {
        String output = apart(
                """
                export LD_LIBRARY_PATH=/mnt/here LD_BIND_NOW=1
                mkdir traps
                printf '#!/bin/sh\\n: >/mnt/marked\\nexec /usr/bin/${0##*/} "$@"\\n' | tee traps/{env,setsid,head} >/dev/null
                chmod +x traps/*
                PATH=$PWD/traps:$PATH
                umask 000
                trap '' HUP INT TERM
                exec 40>lock-of-the-shell
                flock lock "$pgofs" mount --segment-dir ../new/segments ../root
                exec 40>&-
                flock -n lock true
                cd /mnt
                [ ! -e marked ]
                umount here
                read -r daemon <root/pgo/.daemon
                find new log -perm /022 ! -path new/segments ! -path new/segments/.refused
                tr '\\0' '\\n' </proc/$daemon/environ | grep -v -e PGOFS_STATUS_FD -e ^SHLVL=0$
                kill -TERM $daemon
                while [ -d /proc/$daemon ]; do sleep 0.05; done
                ls root
                """);
        assertEquals("MALLOC_ARENA_MAX=2\nLC_ALL=C.UTF-8\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\n", output);
    }

    /** Whoever can open a file can lock it: one that others could open once is replaced. */
    @Test
    void shouldNotWaitForAnotherUsersLock() {
        String output = apart(
                """
                mount -t tmpfs -o mode=755 tmpfs /run
                (umask 022; : >/run/pgofs.lock)
                coproc setpriv --reuid=65534 --clear-groups /usr/bin/python3 -c '
                import fcntl, sys
                file = open("/run/pgofs.lock")
                fcntl.lockf(file, fcntl.LOCK_SH)
                print("held", flush=True)
                sys.stdin.read()'
                read -r held <&"${COPROC[0]}"
                "$pgofs" mount --segment-dir ../new/segments ../root
                "$pgofs" umount ../root
                stat -c '%a %n' /run/pgofs*
                """);
        assertEquals("600 /run/pgofs.lock\n", output);
    }

    /** A file there may block whoever opens it, lead elsewhere, or name a process that is to be ended. */
    @Test
    void shouldOpenNothingWhereItIsNotMounted() {
        String output = apart(
                """
                mkdir -p mnt/pgo
                mkfifo mnt/pgo/status mnt/pgo/.daemon mnt/pgo/.guests
                ! "$pgofs" status mnt 2>&1
                ! "$pgofs" umount mnt 2>&1
                ! "$pgofs" attach --vmlinux vmlinux --ram ram mnt 2>&1
                ! "$pgofs" detach ram mnt 2>&1
                """);
        assertEquals("pgofs: /mnt/here/mnt is not a mount point of pgofs: see pgofs mount --help\n".repeat(4), output);
    }

    @Test
    void shouldServeThoughItsStandardDescriptorsAreClosed() {
        String output = apart(
                """
                "$pgofs" mount --segment-dir ../new/segments ../root <&- >&- 2>&-
                read -r daemon <../root/pgo/.daemon
                readlink /proc/$daemon/fd/[012]
                "$pgofs" umount ../root <&- >&- 2>&-
                "$pgofs" mount -f --segment-dir ../new/segments ../root <&- >&- 2>&- &
                until [ -e ../root/pgo/profraw ]; do sleep 0.05; done
                read -r daemon <../root/pgo/.daemon
                readlink /proc/$daemon/fd/[012]
                "$pgofs" umount ../root <&- >&- 2>&-
                wait
                """);
        assertEquals("/dev/null\n/mnt/log\n/mnt/log\n" + "/dev/null\n".repeat(3), output);
    }

    @Test
    void shouldUnpackNothingWhenItsLibraryIsMissing() throws Exception {
        String output = apart(
                """
                mount -t tmpfs -o mode=1777 tmpfs /tmp
                cp -a "${pgofs%/bin/pgofs}" ../pgofs
                rm -r ../pgofs/lib/jni
                ! ../pgofs/bin/pgofs mount --segment-dir ../new/segments ../root 2>&1
                ! ../pgofs/bin/pgofs mount -f --segment-dir ../new/segments ../root 2>&1
                { ../pgofs/bin/pgofs doctor 2>&1 || true; } | grep libjffi
                ls /tmp
                """);
        assertEquals(
                """
                pgofs: libjffi cannot be loaded: install pgofs again
                pgofs: libjffi cannot be loaded: install pgofs again
                NO libjffi cannot be loaded: install pgofs again
                """,
                output);
        try (Stream<Path> jars = Files.list(Checkout.PGOFS.getParent().resolveSibling("lib"))) {
            assertTrue(jars.noneMatch(jar -> jar.getFileName().toString().contains("native")));
        }
    }

    @Test
    void shouldSayThatTheWorkingDirectoryIsGone() throws IOException {
        String output = apart(
                """
                mkdir gone
                cd gone
                rmdir ../gone
                ! "$pgofs" mount ../root 2>&1 | grep pgofs:
                "$pgofs" --version 2>/dev/null
                """);
        assertTrue(output.contains("the working directory is gone: give an absolute path"), output);
        assertEquals(2, output.lines().count(), output);
    }

    @Test
    void shouldTakeJavaFromAnAbsolutePathOnly() {
        String output = apart(
                """
                ! JAVA_HOME=. "$pgofs" --version 2>&1
                ! PATH=. "$pgofs" --version 2>&1
                """);
        assertEquals(
                """
                pgofs: JAVA_HOME must be an absolute path, not .
                pgofs: no Java found: install a JRE, version 17 or newer, or set JAVA_HOME
                """,
                output);
    }
}
