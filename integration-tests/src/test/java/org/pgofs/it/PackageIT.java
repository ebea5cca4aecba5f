package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Debian packages, on a copy of this machine: over its files lies a tmpfs that takes what is written. */
@Execution(ExecutionMode.CONCURRENT)
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
    static Path packages;

    @TempDir
    Path directory;

    private static Path built;
    private static Path builtFleet;
    private static String said;

    private Path room;

    @BeforeEach
    void room() throws IOException {
        room = Files.createDirectory(directory.resolve("room"));
    }

    /** Is made once: it is the same every time, as a test shows. */
    private static synchronized Path build() {
        if (built == null) {
            Shell.Result result =
                    Shell.in(packages).run(BUILD, packages.toString()).ok();
            said = result.errors();
            built = made(result, "pgofs");
        }
        return built;
    }

    private static synchronized Path buildFleet() {
        if (builtFleet == null) {
            builtFleet = made(
                    Shell.in(packages)
                            .run(BUILD, "--fleet", packages.toString())
                            .ok(),
                    "pgofs-fleet");
        }
        return builtFleet;
    }

    private static Path made(Shell.Result result, String name) {
        String made = result.output();
        Path file = Path.of(made.strip());
        assertTrue(
                file.getFileName()
                        .toString()
                        .matches(name + "_[0-9.]+~(SNAPSHOT|git\\d+\\.[0-9a-f]+(\\+changed)?)_[a-z0-9]+\\.deb"),
                made);
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

    /** pkg-config, CMake and make find its files where they look by themselves. */
    @Test
    void shouldBeFoundByBuildSystems() {
        String output = onCopy(
                COPY
                        + INSTALL
                        + """
                in_copy '
                  unset PKG_CONFIG_PATH
                  cd /package
                  echo "int main(void) { return 0; }" >program.c
                  pkg-config --cflags --libs pgofs
                  clang-14 $(pkg-config --cflags --libs pgofs) program.c -o pkg-config
                  cat >CMakeLists.txt <<END
                cmake_minimum_required(VERSION 3.15)
                project(program C)
                find_package(pgofs 0.1 REQUIRED)
                add_executable(program program.c)
                pgofs_instrument(program)
                END
                  cmake -S . -B built -DCMAKE_C_COMPILER=clang-14 >/dev/null
                  cmake --build built >/dev/null
                  printf "%s\n" "CC = clang-14" "-include pgo.mk" >Makefile
                  make -s CONFIG_PGO_CLANG=y program
                  ln -s /usr/bin/pgofs pgofs-clang-14
                  ./pgofs-clang-14 program.c -o by-name
                  for program in pkg-config built/program program by-name; do
                    pgofs doctor $program | grep "runtime is linked in"
                  done
                  ls -l /usr/bin/pgofs-clang++ | cut -d ">" -f 2'
                """);
        assertEquals(
                """
                -fprofile-generate --start-no-unused-arguments -mllvm -do-counter-promotion=false --end-no-unused-arguments \
                -fprofile-generate -Wl,-u,pgofs_runtime /usr/lib/pgofs/lib/libpgofs_rt.a\s
                ok the pgofs runtime is linked in, format 1
                ok the pgofs runtime is linked in, format 1
                ok the pgofs runtime is linked in, format 1
                ok the pgofs runtime is linked in, format 1
                 ../lib/pgofs/bin/pgofs-clang++
                """,
                output);
    }

    /** What the machine itself has and the purge deletes is a character device in the layer. */
    @ParameterizedTest
    @ValueSource(strings = {"", "layer installed\n" + INSTALL})
    void shouldLeaveNothingWhenItIsRemoved(String before) {
        String output = onCopy(
                before
                        + COPY
                        + INSTALL
                        + """
                in_copy 'dpkg -P pgofs >/dev/null'
                find upper -path upper/package -prune -o -name '*pgofs*' ! -type c -print
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
                in_copy 'touch /etc/default/pgofs-web
                for unit in run-pgofs.mount pgofs.service pgofs@web.service; do
                  systemd-analyze verify --man=no $unit
                done 2>&1'
                """);
        assertEquals("", output);
    }

    /** It sends nothing by itself, and its purge leaves what was not sent, and only that. */
    @Test
    void shouldHaveWhatIsAboutManyMachinesInAPackageOfItsOwn() {
        String output = onCopy(
                COPY
                        + INSTALL
                        + "cp " + buildFleet() + " root/package/fleet.deb\n"
                        + """
                in_copy '
                  pgofs ship --help 2>&1 || echo "ends with $?"
                  dpkg --force-depends -i /package/fleet.deb >/dev/null
                  mkdir /mnt/profiles /mnt/store
                  pgofs mount /mnt/profiles
                  cd /package
                  echo "int main(void) { return 0; }" >program.c
                  pgofs cc -- clang-14 program.c -o program
                  ./program
                  pgofs ship --to /mnt/store /mnt/profiles
                  pgofs umount /mnt/profiles
                  pgofs fleet merge --from /mnt/store --to /mnt/store | cut -d : -f 2
                  AWS_EC2_METADATA_DISABLED=true pgofs fleet merge --from s3://fleet --to /mnt/store 2>&1 || true
                  for unit in pgofs-ship.service pgofs-ship.timer; do systemd-analyze verify --man=no $unit 2>&1; done
                  touch /var/spool/pgofs/%2Fmnt%2Fprofiles/0000000000000000001.piece
                  dpkg -P pgofs-fleet | grep spool
                  ls /var/spool/pgofs/*/*.piece
                  dpkg --force-depends -i /package/fleet.deb >/dev/null
                  rm /var/spool/pgofs/*/*.piece
                  dpkg -P pgofs-fleet pgofs >/dev/null'
                find upper -path upper/package -prune -o -path upper/mnt/store -prune -o -name '*pgofs*' ! -type c -print
                """);
        assertEquals(
                """
                pgofs: pgofs ship is in a package of its own: apt install pgofs-fleet
                ends with 1
                1 pieces sent to /mnt/store
                 1 pieces of 1 hosts
                pgofs: no region is known for s3://fleet: set AWS_REGION, or AWS_ENDPOINT_URL for a server that is not Amazon's
                /var/spool/pgofs has counts that were not sent: it stays
                /var/spool/pgofs/%2Fmnt%2Fprofiles/0000000000000000001.piece
                """,
                output);
    }

    @Test
    void shouldSayHowFarItIs() {
        build();
        String end =
                """
                pgofs: packing 1/3: files
                pgofs: packing 2/3: manual pages and completion
                pgofs: packing 3/3: compressing SIZE
                """;
        assertTrue(said.replaceAll("[0-9.]+M\n", "SIZE\n").endsWith(end), said);
    }

    @Test
    void shouldBeMadeOfTheSameBytes() throws IOException {
        Path first = build();
        Path copy = Files.createDirectories(directory.resolve("elsewhere/pgofs"));
        // With other times, and for another user's habits.
        String again = Shell.in(Checkout.ROOT)
                .bash(
                        """
                        cp -r --parents pom.xml LICENSE README.md CHANGELOG.md docs systemd daemon/src daemon/target/pgofs "$1"
                        # All that git knows: what it misses is a change.
                        [ ! -e .git ] || { cp -r .git "$1"; git ls-files -z | xargs -0 cp -a --parents -t "$1" || true; }
                        umask 077
                        export TZ=Asia/Tokyo LC_ALL=C.UTF-8
                        "$1/daemon/src/main/deb/build" "$1"
                        "$1/daemon/src/main/deb/build" --fleet "$1"
                        """,
                        copy.toString())
                .ok()
                .output();
        List<String> all = again.lines().toList();
        assertEquals(2, all.size(), again);
        Shell.in(directory).run("cmp", first.toString(), all.get(0)).ok();
        Shell.in(directory).run("cmp", buildFleet().toString(), all.get(1)).ok();
    }

    @Test
    void shouldGrowWithEachCommit() throws IOException {
        String versions = Shell.in(directory)
                .with("HOME", directory.toString())
                .bash(
                        """
                        mkdir -p daemon/src/main/sh
                        cp "$1"/daemon/src/main/sh/version daemon/src/main/sh
                        cp "$1"/pom.xml .
                        daemon/src/main/sh/version
                        git init -q .
                        git config user.name test
                        git config user.email test@example.org
                        git add pom.xml
                        for commit in first second; do
                          GIT_COMMITTER_DATE="2026-02-03 04:05:06 +0000" git commit -q --allow-empty -m $commit
                          daemon/src/main/sh/version
                        done
                        echo >>pom.xml
                        daemon/src/main/sh/version
                        """,
                        Checkout.ROOT.toString())
                .ok()
                .output();
        List<String> all = versions.lines()
                .filter(line -> line.startsWith("version="))
                .map(line -> line.substring("version=".length()))
                .toList();
        assertEquals(4, all.size(), versions);
        for (int i = 1; i < all.size(); i++) {
            Shell.in(directory)
                    .run("dpkg", "--compare-versions", all.get(i - 1), "lt", all.get(i))
                    .ok();
        }
        assertTrue(all.get(1).contains("~git1.") && all.get(3).endsWith("+changed"), versions);
        assertTrue(versions.contains("date=2026-02-03\nepoch=1770091506\n"), versions);
    }

    /** Warnings are allowed where the package says why. */
    @Test
    void shouldSatisfyLintian() {
        Shell.Result result = Shell.in(directory)
                .with("TMPDIR", directory.toString()) // what it has there stays if it is stopped
                .run(
                        "lintian",
                        "--fail-on",
                        "error,warning",
                        build().toString(),
                        buildFleet().toString());
        assertEquals("", result.ok().output());
    }

    /** With the same names, and all that is machine code for that machine; but for kernels, which are of x86-64 alone. */
    @Test
    void shouldBeMadeForAArch64() {
        String made = Shell.in(directory)
                .run(BUILD, "--architecture", "arm64", directory.toString())
                .ok()
                .output()
                .strip();
        String seen = Shell.in(directory)
                .bash(
                        """
                        set +o pipefail
                        dpkg-deb -f "$1" Architecture
                        dpkg-deb -x "$1" other
                        dpkg-deb -x "$2" own
                        find other -type f ! -path '*/lib/x86_64/*' -exec readelf -h {} + 2>/dev/null | grep Machine: | sort -u
                        find other/usr/lib/pgofs/lib/x86_64 -exec readelf -h {} + 2>/dev/null | grep Machine: | sort -u
                        find other/usr/lib -xtype l
                        diff <(cd own && find usr | sort) <(cd other && find usr | sed 's/aarch64-\\(.inux\\)/x86_64-\\1/' | sort) |
                          grep '^[<>]'
                        other/usr/lib/pgofs/bin/pgofs config --libs
                        TMPDIR=$PWD lintian --fail-on error,warning "$1"
                        for words in 'kernel build' 'config --kernel'; do other/usr/lib/pgofs/bin/pgofs $words 2>&1 || echo "ends with $?"; done
                        """,
                        made,
                        build())
                .ok()
                .output();
        assertEquals(
                """
                arm64
                  Machine:                           AArch64
                  Machine:                           Advanced Micro Devices X86-64
                < usr/lib/pgofs/lib/kernel/running/module.o
                < usr/lib/pgofs/lib/kernel/running/pgofs.o
                < usr/lib/pgofs/lib/kernel/um/module.o
                < usr/lib/pgofs/lib/kernel/um/modules.o
                -fprofile-generate -Wl,-u,pgofs_runtime %1$s/other/usr/lib/pgofs/lib/libpgofs_rt.a
                pgofs kernel: kernels are built and run on x86-64 machines alone
                ends with 1
                pgofs: kernels are built and run on x86-64 machines alone
                ends with 1
                """
                        .formatted(directory),
                seen);
    }

    @Test
    void shouldHaveTheNativeLibraryOfOneMachineInThePackageOfTheFleet() {
        String other = Shell.in(directory)
                .run(BUILD, "--fleet", "--architecture", "arm64", directory.toString())
                .ok()
                .output()
                .strip();
        String seen = Shell.in(directory)
                .bash(
                        """
                        for package; do
                          dpkg-deb -f "$package" Architecture
                          dpkg-deb -x "$package" files
                          find files -name "*.so" -exec readelf -h {} + | grep Machine:
                          for jar in $(find files -name '*.jar'); do
                            jar -tf "$jar" | grep -E '[.](so|dll|dylib)$' || true
                          done
                          rm -r files
                        done
                        """,
                        buildFleet(),
                        other)
                .ok()
                .output();
        assertEquals(
                """
                amd64
                  Machine:                           Advanced Micro Devices X86-64
                arm64
                  Machine:                           AArch64
                """,
                seen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--architecture", "--architecture mips"})
    void shouldNotBeMadeForAnUnknownMachine(String words) {
        Shell.Result result = Shell.in(directory).bash(BUILD + " " + words);
        assertEquals(2, result.status());
        assertTrue(
                result.errors().matches("pgofs: there are packages for amd64 and arm64, and none for '(mips)?'\n"),
                result::toString);
    }

    private static final String LOAD =
            """
            in_copy '
              cat >/package/load.c <<END
            #include <stdio.h>
            #include <stdlib.h>
            #include <unistd.h>
            __attribute__((noinline)) void counted(void) { __asm__ volatile(""); }
            int main(int count, char **arguments) {
              long calls = 0, most = count > 1 ? atol(arguments[1]) : -1;
              for (; most < 0 ? access("stop", F_OK) != 0 : calls < most; calls++) {
                counted();
                usleep(200);
              }
              printf("%ld\\n", calls);
            }
            END
              cd /package
              dpkg-deb -R pgofs.deb newer
              sed -i "s/^Version: .*/&.1/" newer/DEBIAN/control
              dpkg-deb -b newer newer.deb >/dev/null'
            """;

    /** The daemon of before serves on, and the next one takes over; programs run, begin and end all the time. */
    @Test
    void shouldLoseNoCountInAnUpgradeUnderLoad() {
        String output = onCopy(
                COPY + INSTALL + LOAD
                        + """
                in_copy '
                  cd /package
                  mkdir /mnt/profiles
                  echo "PGOFS_MOUNTPOINT=/mnt/profiles" >>/etc/default/pgofs
                  pgofs cc -- clang-14 load.c -o load
                  pgofs mount --config /etc/default/pgofs
                  ./load >calls &
                  (while [ ! -e stop ]; do ./load 5; done) >runs &
                  more() { until [ "$(wc -l <runs)" -ge $((runs + 10)) ]; do sleep 0.1; done; runs=$(wc -l <runs); }
                  runs=0
                  more
                  dpkg --force-depends -i newer.deb >said 2>&1 || { cat said; exit 1; }
                  more
                  pgofs umount /mnt/profiles
                  more
                  pgofs mount --config /etc/default/pgofs
                  more
                  touch stop
                  wait
                  cp /mnt/profiles/pgo/profraw load.profraw
                  pgofs umount /mnt/profiles
                  grep served said
                  tail -n 1 /etc/default/pgofs
                  llvm-profdata-14 show --function=counted --counts load.profraw | sed -n "s/.*Block counts: .\\(.*\\)]/\\1/p"
                  cat calls runs | awk "{ n += \\$1 } END { print n }"'
                """);
        List<String> lines = output.lines().toList();
        assertEquals(4, lines.size(), output);
        assertEquals(
                "/mnt/profiles is served by the version before: pgofs umount /mnt/profiles, and pgofs mount /mnt/profiles;"
                        + " nothing is lost",
                lines.get(0));
        assertEquals("PGOFS_MOUNTPOINT=/mnt/profiles", lines.get(1), "what was changed stays");
        assertEquals(lines.get(3), lines.get(2), "counted");
    }

    /** As in a line of /etc/fstab: mount(8) calls the helper. */
    @Test
    void shouldBeMountedByMount() {
        String output = onCopy(
                COPY + INSTALL
                        + """
                in_copy '
                  mkdir /mnt/profiles
                  echo "none /mnt/profiles fuse.pgofs noauto,nofail,x-systemd.automount,mode=0750,segment-dir=/run/profiles 0 0" >>/etc/fstab
                  mount -t tmpfs tmpfs /run
                  mount -f /mnt/profiles
                  mount /mnt/profiles
                  stat -c %a /mnt/profiles
                  sed -n 2p /mnt/profiles/pgo/.daemon
                  echo
                  ! mount -t fuse.pgofs -o nonsense none /mnt/profiles 2>&1
                  umount /mnt/profiles'
                """);
        assertEquals(
                """
                750
                /run/profiles
                pgofs: unknown mount option 'nonsense'""",
                output.lines()
                        .limit(3)
                        .map(line -> line.replaceFirst("; see.*|:? there are.*", ""))
                        .reduce((a, b) -> a + "\n" + b)
                        .orElse(""));
    }

    /** In the way that bash asks: by words and the number of the one that is written. */
    private static final String COMPLETE =
            """
            . /usr/share/bash-completion/completions/pgofs
            complete_last() {
              COMP_WORDS=("$@")
              COMP_CWORD=$(($# - 1))
              _pgofs_complete || :
              printf "%s " "${COMPREPLY[@]}"
              echo
            }
            """;

    /** Types into a real one. */
    private static final Path ZSH = Checkout.SOURCES.resolve("resources/completion/zsh");

    @Test
    void shouldBringPagesAndCompletion() throws IOException {
        Files.writeString(directory.resolve("complete"), COMPLETE);
        String output = onCopy(COPY
                + INSTALL
                + """
                cp complete root/package
                in_copy '
                  for page in /usr/share/man/man?/pgofs.?.gz; do
                    man --warnings -l "$page" 2>&1 >/package/page
                    head -n 1 /package/page | cut -d " " -f 1
                  done
                  mkdir /mnt/profiles
                  cd /package
                  pgofs mount /mnt/profiles
                  echo "int main(void) {}" >program.c
                  pgofs cc -- clang-14 program.c -o program
                  ./program
                  . /package/complete
                  complete_last pgofs mo
                  complete_last pgofs mount --u
                  complete_last pgofs umount ""
                  complete_last pgofs collect prog | sed "s/-[0-9a-f]*/-ID/"
                  complete_last pgofs kernel build --at
                  complete_last pgofs collect --format p
                  complete_last pgofs fleet me
                  complete_last pgofs fleet merge --fr
                  man -l /usr/share/man/man1/pgofs.1.gz 2>/dev/null | grep -oE "pgofs (ship|fleet merge) [[]-"
                  zsh -f zsh /usr/share/zsh/vendor-completions "pgofs mo" "pgofs mount --use" "pgofs umount " "pgofs collect prog" |
                    sed -E "s/-[0-9a-f]{4,} *$/-ID/; s/ *$//"
                  pgofs umount /mnt/profiles'
                """
                        .replace("cp complete", "cp \"" + directory + "/complete\" \"" + ZSH + "\""));
        assertEquals(
                """
                PGOFS(1)
                PGOFS(5)
                PGOFS(7)
                mount\s
                --user-limits\s
                /mnt/profiles\s
                program-ID\s
                --atomic --attach\s
                profraw profdata pprof\s
                merge\s
                --from\s
                pgofs fleet merge [-
                pgofs ship [-
                pgofs mount
                pgofs mount --user-limits
                pgofs umount /mnt/profiles
                pgofs collect program-ID
                """,
                output);
    }

    /** For systems without dpkg. */
    @Test
    void shouldBeAnArchiveToo() {
        String output = Shell.in(directory)
                .bash(
                        """
                        archive=$("$1" --tar "$PWD")
                        tar -xzf "$archive"
                        "${archive%.tar.gz}"/bin/pgofs --version
                        ls "${archive%.tar.gz}"/lib/jni
                        nm "${archive%.tar.gz}"/lib/jni/*/*.so 2>&1 | grep -c 'no symbols'
                        """,
                        BUILD)
                .ok()
                .output();
        assertTrue(output.matches("pgofs 0\\.\\S+, commit .*\\n(x86_64|aarch64)-Linux\\n1\\n"), output);
    }
}
