package org.pgofs.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

final class ConfigFileTest {
    /** The file of the package. */
    private static final Path INSTALLED = Path.of("src/main/deb/pgofs.default");

    @TempDir
    Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("pgofs"), text);
    }

    private String refusal(Path file) {
        return assertThrows(IOException.class, () -> ConfigFile.read(file))
                .getMessage()
                .replace(directory + "/", "");
    }

    @Test
    void shouldReadValuesWithAndWithoutQuotes() throws IOException {
        ConfigFile config = ConfigFile.read(
                file(
                        """
                # A comment.

                PGOFS_MOUNTPOINT="/mnt/my profiles"
                  PGOFS_OPTIONS='mode=0755,stock'
                PGOFS_RAW_VERSION=8
                PGOFS_LIMITS=
                """));

        assertEquals(Optional.of(Path.of("/mnt/my profiles")), config.path(ConfigFile.Key.PGOFS_MOUNTPOINT));
        assertEquals(Optional.of("mode=0755,stock"), config.get(ConfigFile.Key.PGOFS_OPTIONS));
        assertEquals(Optional.of(8), config.number(ConfigFile.Key.PGOFS_RAW_VERSION));
        assertEquals(Optional.empty(), config.get(ConfigFile.Key.PGOFS_LIMITS));
        assertEquals(Optional.empty(), config.get(ConfigFile.Key.PGOFS_USER_LIMITS));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PGOFS_OPTION=stock | there is no key PGOFS_OPTION; did you mean PGOFS_OPTIONS?",
                "pgofs_limits=images=3 | there is no key pgofs_limits; did you mean PGOFS_LIMITS?",
                "COLOUR=red | there is no key COLOUR: there are PGOFS_MOUNTPOINT, PGOFS_OPTIONS, PGOFS_SEGMENT_DIR,"
                        + " PGOFS_RAW_VERSION, PGOFS_LIMITS, PGOFS_USER_LIMITS, JAVA_HOME",
                "export PGOFS_LIMITS=images=3 | there is no key export PGOFS_LIMITS: there are PGOFS_MOUNTPOINT,"
                        + " PGOFS_OPTIONS, PGOFS_SEGMENT_DIR, PGOFS_RAW_VERSION, PGOFS_LIMITS, PGOFS_USER_LIMITS, JAVA_HOME",
                "stock | this is not KEY=VALUE: stock",
                "PGOFS_OPTIONS=\"stock | the value must end where its quotes do: \"stock",
                "PGOFS_OPTIONS=\"stock\" # comment | the value must end where its quotes do: \"stock\" # comment",
                "PGOFS_MOUNTPOINT=/b | PGOFS_MOUNTPOINT was given before",
            })
    void shouldNameTheLineThatIsNotUnderstood(String line, String problem) throws IOException {
        assertEquals("pgofs:3: " + problem, refusal(file("# first\nPGOFS_MOUNTPOINT=/a\n" + line + "\n")));
    }

    @Test
    void shouldRefuseFilesThatAreNoOptions() throws IOException {
        assertEquals("absent does not exist", refusal(directory.resolve("absent")));
        assertEquals("/dev/zero is not a regular file", refusal(Path.of("/dev/zero")));
        assertEquals("pgofs is too large for a file of options", refusal(file("#".repeat(1 << 17))));
        Files.write(directory.resolve("bytes"), new byte[] {'#', (byte) 0xff});
        assertEquals("bytes is not UTF-8", refusal(directory.resolve("bytes")));
    }

    @Test
    void shouldRefuseValuesThatCannotBe() throws IOException {
        ConfigFile config = ConfigFile.read(file("PGOFS_MOUNTPOINT=mnt\nPGOFS_RAW_VERSION=eight\n"));

        assertTrue(assertThrows(IOException.class, () -> config.path(ConfigFile.Key.PGOFS_MOUNTPOINT))
                .getMessage()
                .endsWith("pgofs: PGOFS_MOUNTPOINT must be an absolute path, not mnt"));
        assertTrue(assertThrows(IOException.class, () -> config.number(ConfigFile.Key.PGOFS_RAW_VERSION))
                .getMessage()
                .endsWith("pgofs: PGOFS_RAW_VERSION must be a number, not eight"));
    }

    @Test
    void shouldHaveAKeyForEachOptionOfMount() {
        Set<String> options = new TreeSet<>(Set.of("MOUNTPOINT"));
        for (OptionSpec option :
                new CommandLine(new MountCommand()).getCommandSpec().options()) {
            options.add(option.longestName());
        }
        // What only a command line can say.
        options.removeAll(List.of("--foreground", "--config", "--help", "--version"));

        assertEquals(
                options,
                Arrays.stream(ConfigFile.Key.values())
                        .map(ConfigFile.Key::option)
                        .filter(option -> !option.isEmpty())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** What the installed file shows holds without it, so with all of it nothing is another way. */
    @Test
    void shouldInstallAFileWithALineForEachKey() throws IOException {
        String installed = Files.readString(INSTALLED);
        assertEquals(Optional.empty(), ConfigFile.read(INSTALLED).get(ConfigFile.Key.PGOFS_MOUNTPOINT));

        ConfigFile all = ConfigFile.read(file(installed.replaceAll("(?m)^#([A-Z_]+=)", "$1")));

        for (ConfigFile.Key key : ConfigFile.Key.values()) {
            assertTrue(installed.contains("\n#" + key + "="), () -> key + " is not there");
        }
        assertEquals(Optional.of("mode=0700,uid=0,gid=0"), all.get(ConfigFile.Key.PGOFS_OPTIONS));
        assertEquals(
                BoundsOptions.standard().total(),
                BoundsOptions.limits(
                        BoundsOptions.standard().total(),
                        all.get(ConfigFile.Key.PGOFS_LIMITS).orElseThrow()));
        assertEquals(
                BoundsOptions.standard().user(),
                BoundsOptions.limits(
                        BoundsOptions.standard().user(),
                        all.get(ConfigFile.Key.PGOFS_USER_LIMITS).orElseThrow()));
    }

    @Test
    void shouldFindWhatIsMeant() {
        List<String> known =
                Stream.of(ConfigFile.Key.values()).map(ConfigFile.Key::name).toList();

        assertEquals(Optional.of("JAVA_HOME"), Similar.to("JAVAHOME", known));
        assertEquals(Optional.of("PGOFS_SEGMENT_DIR"), Similar.to("PGOFS_SEGMENTS_DIR", known));
        assertEquals(Optional.empty(), Similar.to("", known));
    }
}
