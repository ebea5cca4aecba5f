package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Debian package, on a copy of this machine: over its files lies a tmpfs that takes what is written. */
final class PackageIT {
    private static final String BUILD =
            Checkout.ROOT.resolve("daemon/src/main/deb/build").toString();

    /** What is written lies in a layer of its own, over the layers before and the machine. */
    private static final String LAYERS =
            """
            mount -t tmpfs tmpfs "$1"
            cd "$1"
            mkdir root package
            cp "$2" package/pgofs.deb
            below=/
            layer() {
              ! mountpoint -q root || umount -R root
              mkdir "$1" "$1.work"
              mount -t overlay overlay -o "lowerdir=$below,upperdir=$1,workdir=$1.work" root
              below=$1:$below
              mount --rbind /dev root/dev
              mount -t proc proc root/proc
              mkdir -p root/package
              cp package/pgofs.deb root/package
            }
            unset TMPDIR PGOFS_SEGMENT_DIR
            in_copy() { chroot root bash -euc "$1"; }
            """;

    /** The machine itself may have the package. */
    private static final String COPY =
            """
            layer clean
            in_copy 'dpkg -P pgofs >/dev/null 2>&1'
            layer upper
            """;

    /** Java need not come from a package. */
    private static final String INSTALL = "in_copy 'dpkg --force-depends -i /package/pgofs.deb >/dev/null'\n";

    private static final String SERVED =
            """
                Block counts: [5]
            /usr/lib/pgofs/lib/pgofs.jsa
            -fprofile-generate -Wl,-u,pgofs_runtime /usr/lib/pgofs/lib/libpgofs_rt.a
            """;

    @TempDir
    Path directory;

    private Path room;

    @BeforeEach
    void room() throws IOException {
        room = Files.createDirectory(directory.resolve("room"));
    }

    private Path build() {
        String made = Shell.in(directory).run(BUILD, directory.toString()).ok().output();
        Path file = Path.of(made.strip());
        assertTrue(file.getFileName().toString().matches("pgofs_[0-9.]+(~SNAPSHOT)?_[a-z0-9]+\\.deb"), made);
        return file;
    }

    private String onCopy(String script) {
        return Shell.in(directory)
                .run(
                        "unshare",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "bash",
                        "-euc",
                        LAYERS + script,
                        "bash",
                        room.toString(),
                        build().toString())
                .ok()
                .output();
    }

    @Test
    void shouldCountWhenItIsInstalled() {
        String output = onCopy(
                COPY + INSTALL
                        + """
                in_copy '
                  mkdir /mnt/profiles
                  pgofs mount /mnt/profiles
                  cd /package
                  echo "void counted(void) {} int main(void) { for (int i = 0; i < 5; i++) counted(); }" >program.c
                  pgofs cc -- clang-14 program.c -o program
                  ./program
                  cp /mnt/profiles/pgo/profraw program.profraw
                  pgofs umount /mnt/profiles
                  llvm-profdata-14 show --function=counted --counts program.profraw | grep Block
                  ls /usr/lib/pgofs/lib/pgofs.jsa
                  pgofs config --libs'
                """);
        assertTrue(output.endsWith(SERVED), output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "layer installed\n" + INSTALL})
    void shouldLeaveNothingWhenItIsRemoved(String before) {
        String output = onCopy(
                before
                        + COPY
                        + INSTALL
                        + """
                in_copy 'dpkg -P pgofs >/dev/null'
                find upper -path upper/package -prune -o -name '*pgofs*' -print
                """);
        assertEquals("", output);
    }

    /** The unit is wanted without being enabled; systemd does not run in the copy, so the package says how without. */
    @Test
    void shouldLetProgramsCountBeforeTheFirstMount() {
        String output = onCopy(
                COPY
                        + """
                in_copy '
                  mount -t tmpfs tmpfs /run
                  dpkg --force-depends -i /package/pgofs.deb >/package/said
                  readlink -e /usr/lib/systemd/system/local-fs.target.wants/run-pgofs.mount
                  sed -n "s/^  mkdir/mkdir/p" /package/said >/package/make
                  . /package/make
                  cd /package
                  echo "void counted(void) {} int main(void) { for (int i = 0; i < 7; i++) counted(); }" >program.c
                  pgofs cc -- clang-14 program.c -o program
                  ./program
                  mkdir /mnt/profiles
                  pgofs mount /mnt/profiles
                  cp /mnt/profiles/pgo/profraw program.profraw
                  pgofs umount /mnt/profiles
                  llvm-profdata-14 show --function=counted --counts program.profraw | grep Block
                  dpkg -P pgofs >/dev/null
                  find /run -name "*pgofs*"'
                """);
        assertEquals(
                """
                /usr/lib/systemd/system/run-pgofs.mount
                    Block counts: [7]
                """,
                output);
    }

    @Test
    void shouldBringUnitsThatFindTheCommand() {
        String output = onCopy(
                COPY + INSTALL
                        + """
                in_copy 'for unit in run-pgofs.mount pgofs.service; do
                  systemd-analyze verify --man=no $unit
                done 2>&1'
                """);
        assertEquals("", output);
    }
}
