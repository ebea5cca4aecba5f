package org.pgofs.daemon.pages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pgofs.daemon.CommandNames;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of all commands, out of what {@code --help} says. */
final class CommandsPage {
    private static final List<String> EVERYWHERE = List.of("--help", "--version");

    private final Roff page;

    private CommandsPage(Roff page) {
        this.page = page;
    }

    /**
     * Adds all commands.
     *
     * @param root the command with all subcommands
     * @param others what the launcher does without it: the help text of each command, by its name
     */
    static void add(Roff page, CommandLine root, Map<String, String> others) {
        CommandsPage commands = new CommandsPage(page);
        page.section("Name")
                .paragraph("pgofs \\- "
                        + Roff.escape(root.getCommandSpec().usageMessage().description()[0]));
        page.section("Synopsis").paragraph(Roff.bold("pgofs") + " " + Roff.italic("COMMAND") + " ...");
        page.section("Description");
        commands.description(root.getCommandSpec());
        page.section("Commands");
        page.paragraph(Roff.escape("Each command has an option --help, which says the same."));
        commands.names(root, others).forEach(name -> {
            if (others.containsKey(name)) {
                page.subsection("pgofs " + name)
                        .verbatim(others.get(name).lines().toList());
            } else {
                commands.command(root.getSubcommands().get(name));
            }
        });
    }

    private List<String> names(CommandLine root, Map<String, String> others) {
        List<String> names = new ArrayList<>(others.keySet());
        names.addAll(CommandNames.visible(root));
        return names.stream().sorted().toList();
    }

    private void command(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        String synopsis = new CommandLine.Help(spec, CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .synopsis(0)
                .strip()
                .replaceAll("\\s+", " ");
        page.subsection(synopsis);
        description(spec);
        for (PositionalParamSpec word : spec.positionalParameters()) {
            page.term(Roff.italic(word.paramLabel()), text(word));
        }
        for (OptionSpec option : spec.options()) {
            if (!option.hidden() && !EVERYWHERE.contains(option.longestName())) {
                page.term(names(option), text(option));
            }
        }
        spec.usageMessage()
                .exitCodeList()
                .forEach((code, meaning) -> page.term("exit code " + code, Roff.escape(meaning)));
        CommandNames.visible(command)
                .forEach(name -> command(command.getSubcommands().get(name)));
    }

    private static String names(OptionSpec option) {
        String names = Arrays.stream(option.names()).map(Roff::bold).collect(Collectors.joining(", "));
        return option.arity().max() == 0 ? names : names + " " + Roff.italic(option.paramLabel());
    }

    private static String text(ArgSpec argument) {
        return Roff.escape(String.join(" ", argument.description()));
    }

    /** Lines that are indented are examples. */
    private void description(CommandSpec spec) {
        List<String> examples = new ArrayList<>();
        for (String line : spec.usageMessage().description()) {
            if (line.startsWith("  ")) {
                examples.add(line.strip());
                continue;
            }
            example(examples);
            if (!line.isBlank()) {
                page.paragraph(Roff.escape(line));
            }
        }
        example(examples);
    }

    private void example(List<String> lines) {
        if (!lines.isEmpty()) {
            page.verbatim(lines);
            lines.clear();
        }
    }
}
