package org.pgofs.daemon;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/** Which commands and options there are, and which one somebody may have meant. */
public final class CommandNames {
    /** What the launcher does without this program. */
    public static final List<String> OF_THE_LAUNCHER = List.of("cc", "config", "kernel", "record", "shell");

    private CommandNames() {}

    /**
     * The commands of this program that {@code --help} shows.
     *
     * @param root the command with all subcommands
     * @return their names, in the order of {@code --help}
     */
    public static List<String> visible(CommandLine root) {
        return root.getSubcommands().entrySet().stream()
                .filter(command ->
                        !command.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * All commands, those of the launcher too.
     *
     * @param root the command with all subcommands
     * @return their names, sorted
     */
    public static List<String> all(CommandLine root) {
        return Stream.concat(visible(root).stream(), OF_THE_LAUNCHER.stream())
                .sorted()
                .toList();
    }

    static List<String> options(CommandLine command) {
        return command.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .flatMap(option -> Arrays.stream(option.names()))
                .toList();
    }

    /** Says that something does not exist. An option may have its value with it. */
    static String unknown(String kind, String word, Collection<String> known) {
        String name = word.startsWith("-") ? word.split("=", 2)[0] : word;
        return "there is no " + kind + " '" + word + "'"
                + Similar.to(name, known)
                        .map(meant -> "; did you mean " + meant + "?")
                        .orElse("");
    }
}
