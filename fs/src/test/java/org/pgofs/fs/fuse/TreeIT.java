package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pgofs.fs.Directory;
import org.pgofs.fs.Node;
import org.pgofs.fs.PseudoFile;
import org.pgofs.fs.TextFile;

/** The tree looks as debugfs would make it, to root and to others. */
final class TreeIT {
    private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

    @TempDir
    private Path directory;

    private final AtomicReference<SortedMap<String, Node>> images = new AtomicReference<>(new TreeMap<>());
    private final PseudoFile text = new PseudoFile(0444, new TextFile(() -> "text\n"));
    private final Directory root = Directory.fixed()
            .add("text", text)
            .add("private", new PseudoFile(0400, new TextFile(() -> "private\n")))
            .add("images", Directory.dynamic(images::get))
            .addHidden("take", text);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mkdir $M/new                    | Operation not permitted",
                "rmdir $M/images                 | Operation not permitted",
                "rm -f $M/text                   | Operation not permitted",
                "mv $M/text $M/new               | Operation not permitted",
                "ln $M/text $M/new               | Operation not permitted",
                "ln -s text $M/new               | Operation not permitted",
                "mkfifo $M/new                   | Operation not permitted",
                "touch $M/new                    | Permission denied",
                "echo 1 > $M/new                 | Permission denied",
                "cat $M/new                      | No such file or directory",
                "cat $M/text/below               | Not a directory",
                "cat $M/images                   | Is a directory",
            })
    void shouldRefuseAsDebugfsDoes(String command, String error) throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            Shell.Result result = mounted.sh(command);
            assertNotEquals(0, result.exit());
            assertTrue(result.output().endsWith(error), result.output());
        }
    }

    @Test
    void shouldHaveNoExtendedAttributes() throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            Shell.Result result =
                    mounted.sh("python3 -c 'import os; os.setxattr(os.environ[\"M\"] + \"/text\", \"user.a\", b\"\")'");
            assertTrue(result.output().contains("Operation not supported"), result.output());
        }
    }

    @Test
    void shouldLetTheOwnerChangeAttributes() throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            mounted.sh("touch $M/text && touch -d @0 $M/text $M/images && chmod 0640 $M/text && chmod 0711 $M"
                            + " && chown 12:34 $M/text && chgrp 56 $M/images")
                    .ok();
            assertEquals(
                    "640 12 34\n755 0 56\n711 0 0",
                    mounted.sh("stat -c '%a %u %g' $M/text $M/images $M").ok());
        }
    }

    @Test
    void shouldListSortedNamesWithoutHiddenOnes() throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            assertEquals(".\n..\nimages\nprivate\ntext", mounted.sh("ls -fU $M").ok());
            assertEquals("text", mounted.sh("cat $M/take").ok());
        }
    }

    @Test
    void shouldShowDynamicChildrenAtOnce() throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            assertEquals("", mounted.sh("ls $M/images").ok());
            assertNotEquals(0, mounted.sh("cat $M/images/a").exit());
            images.set(new TreeMap<>(
                    Map.of("a", text, "gr\u00fcn", Directory.fixed().add("b", text))));
            assertEquals(
                    "a\ngr\u00fcn", mounted.sh("LC_ALL=C.UTF-8 ls -N $M/images").ok());
            assertEquals(
                    "text\ntext", mounted.sh("cat $M/images/a $M/images/gr*/b").ok());
            images.set(new TreeMap<>(Map.of("a", Directory.fixed().add("b", text))));
            assertEquals("text", mounted.sh("cat $M/images/a/b").ok());
            images.set(new TreeMap<>());
            assertNotEquals(0, mounted.sh("cat $M/images/a").exit());
        }
    }

    @Test
    void shouldListTenThousandNames() throws IOException, InterruptedException {
        SortedMap<String, Node> many = new TreeMap<>();
        for (int i = 0; i < 10_000; i++) {
            many.put("image-" + i, text);
        }
        images.set(many);
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            assertEquals("10000", mounted.sh("ls $M/images | sort -u | wc -l").ok());
        }
    }

    @Test
    void shouldKeepOthersOutByDefault() throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            assertEquals("700 0 0", mounted.sh(NOBODY + "stat -c '%a %u %g' $M").ok());
            Shell.Result result = mounted.sh(NOBODY + "cat $M/text");
            assertTrue(result.output().endsWith("Permission denied"), result.output());
        }
    }

    @Test
    void shouldLetOthersInByMode() throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "mode=0755")) {
            assertEquals("text", mounted.sh(NOBODY + "cat $M/text").ok());
            Shell.Result result = mounted.sh(NOBODY + "cat $M/private");
            assertTrue(result.output().endsWith("Permission denied"), result.output());
            assertNotEquals(0, mounted.sh(NOBODY + "chmod 0777 $M/text").exit());
        }
    }

    @Test
    void shouldGiveEverythingToAUser() throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "uid=65534,gid=65534")) {
            assertEquals("private", mounted.sh(NOBODY + "cat $M/private").ok());
            assertEquals("700 65534 65534", mounted.sh("stat -c '%a %u %g' $M").ok());
            assertEquals("65534 65534", mounted.sh("stat -c '%u %g' $M/private").ok());
        }
    }

    @Test
    void shouldLookLikeDebugfsToStatfs() throws IOException, InterruptedException {
        try (Mounted mounted = Mounted.at(directory, root, "")) {
            assertEquals("4096 255 0", mounted.sh("stat -f -c '%s %l %b' $M").ok());
        }
    }
}
