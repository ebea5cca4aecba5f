package org.pgofs.daemon.pages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.pgofs.daemon.CommandNames;
import org.pgofs.daemon.status.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the manual pages and the completion, for the build. */
@Command(name = "make-pages", hidden = true)
public final class PagesCommand implements Callable<Integer> {
    /** zsh has an interpreter of such scripts; this is read as the function _pgofs. */
    private static final String ZSH =
            """
            #compdef pgofs
            autoload -U +X bashcompinit && bashcompinit
            . "${${(%):-%x}:A:h}/../../bash-completion/completions/pgofs"
            _bash_complete -o filenames -F _pgofs_complete
            """;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", description = "The directory of the checkout.")
    private Path project;

    @Parameters(index = "1", description = "The directory share, to be filled.")
    private Path share;

    /** For picocli. */
    public PagesCommand() {}

    @Override
    public Integer call() throws IOException {
        CommandLine root = spec.root().commandLine();
        Map<String, String> others = new TreeMap<>();
        for (String name : CommandNames.OF_THE_LAUNCHER) {
            others.put(name, help(name));
        }
        List<String> readme = Files.readAllLines(project.resolve("README.md"));

        Roff commands = page(1);
        CommandsPage.add(commands, root, others);
        commands.section("Exit codes")
                .paragraph(Roff.escape("0 done, 1 failed, 2 usage, unless a command says otherwise."));
        commands.section("Environment");
        MarkdownPage.add(commands, environment(readme));
        commands.section("See also").paragraph("pgofs(5), pgofs(7), /usr/share/doc/pgofs");
        write("man/man1/pgofs.1", commands.toString());

        Roff files = page(5);
        files.section("Name").paragraph(Roff.escape("pgofs - the files of a mount"));
        files.section("Description");
        MarkdownPage.add(files, MarkdownPage.below("## The files", readme));
        files.section("See also").paragraph("pgofs(1), pgofs(7)");
        write("man/man5/pgofs.5", files.toString());

        Roff workflow = page(7);
        workflow.section("Name").paragraph(Roff.escape("pgofs - from an unchanged project to an optimised program"));
        workflow.section("Description");
        MarkdownPage.add(workflow, Files.readAllLines(project.resolve("docs/workflow.md")));
        workflow.section("See also").paragraph("pgofs(1), pgofs(5)");
        write("man/man7/pgofs.7", workflow.toString());

        write("bash-completion/completions/pgofs", Completion.of(root, others));
        write("zsh/vendor-completions/_pgofs", ZSH);
        return CommandLine.ExitCode.OK;
    }

    private static Roff page(int section) {
        Version version = new Version();
        return new Roff("pgofs", section, version.date(), "pgofs " + version.number());
    }

    /** The list that begins where the text speaks of it. */
    private static List<String> environment(List<String> readme) {
        int begin = 0;
        while (!readme.get(begin).contains("Environment variables:")) {
            begin++;
        }
        int end = begin + 2;
        while (!readme.get(end).isEmpty()) {
            end++;
        }
        return readme.subList(begin + 1, end);
    }

    private static String help(String command) {
        try {
            Path launcher = Path.of(System.getProperty("pgofs.home"), "bin", "pgofs");
            Process process = new ProcessBuilder(launcher.toString(), command, "--help").start();
            process.getOutputStream().close();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name, String text) throws IOException {
        Path file = share.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
