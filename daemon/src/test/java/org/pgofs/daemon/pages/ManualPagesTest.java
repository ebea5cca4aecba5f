package org.pgofs.daemon.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pgofs.daemon.CommandNames;
import org.pgofs.daemon.Pgofs;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

final class ManualPagesTest {
    private static final String HEAD =
            """
            .\\" Made by the build of pgofs.
            .TH PGOFS 5 "2026-02-03" "pgofs 1"
            .nh
            .ad l
            """;

    private final Roff page = new Roff("pgofs", 5, "2026-02-03", "pgofs 1");

    /** What was added. */
    private String text() {
        String text = page.toString();
        assertTrue(text.startsWith(HEAD), text);
        return text.substring(HEAD.length());
    }

    @Test
    void shouldSayOfEachCommandWhatItsHelpSays() {
        CommandLine root = new CommandLine(Pgofs.class);
        root.addSubcommand(
                "outer",
                CommandLine.Model.CommandSpec.create()
                        .addSubcommand(
                                "inner",
                                CommandLine.Model.CommandSpec.create()
                                        .addOption(OptionSpec.builder("--deep")
                                                .description("Below.")
                                                .build())));
        CommandsPage.add(page, root, Map.of("cc", "usage: pgofs cc\n\n'like' .this\n"));
        String text = text();

        assertTrue(text.contains(
                "\n.SS \"pgofs cc\"\n.PP\n.RS 4\n.nf\nusage: pgofs cc\n\n\\(aqlike\\(aq .this\n.fi\n.RE\n"));
        assertTrue(text.contains("\n.SS \"pgofs outer inner"), text);
        assertTrue(text.contains("\n.TP\n" + Roff.bold("--deep") + "\nBelow."), text);
        for (String name : CommandNames.visible(root)) {
            CommandSpec spec = root.getSubcommands().get(name).getCommandSpec();
            assertTrue(text.contains("\n.SS \"pgofs " + Roff.escape(name)), name);
            int begin = text.indexOf("\n.SS \"pgofs " + Roff.escape(name));
            int end = text.indexOf("\n.SS ", begin + 1);
            String section = text.substring(begin, end < 0 ? text.length() : end);
            for (OptionSpec option : spec.options()) {
                boolean isSaid =
                        !option.hidden() && !List.of("--help", "--version").contains(option.longestName());
                assertEquals(
                        isSaid,
                        section.contains("\n.TP\n" + Roff.bold(option.names()[0])),
                        () -> name + " " + option.longestName());
                for (String line : option.description()) {
                    assertTrue(!isSaid || section.contains(Roff.escape(line)), () -> name + ": " + line);
                }
            }
            for (PositionalParamSpec word : spec.positionalParameters()) {
                assertTrue(
                        section.contains("\n.TP\n" + Roff.italic(word.paramLabel()) + "\n"), () -> name + " " + word);
            }
            for (String line : spec.usageMessage().description()) {
                assertTrue(
                        line.isBlank() || section.contains("\n" + Roff.escape(line.strip())), () -> name + ": " + line);
            }
            spec.usageMessage()
                    .exitCodeList()
                    .forEach((code, meaning) -> assertTrue(
                            section.contains("\n.TP\nexit code " + code + "\n" + Roff.escape(meaning)), name));
        }
    }

    @Test
    void shouldPutADocumentIntoAPage() {
        MarkdownPage.add(
                page,
                """
                # Title

                ## One section

                Words with `code`, **weight** and [a link](elsewhere.md)
                that go on. [`pgofs mount`](x.md) too.

                ### Below

                - first
                  and more
                2. second

                | a | b | c |
                |---|---|---|
                | `x|y` | is-this | |

                ```sh
                .begin 'quoted' \\
                  ~/in
                ```
                """
                        .lines()
                        .toList());

        assertEquals(
                """
                .SH "ONE SECTION"
                .PP
                Words with \\fBcode\\fR, \\fBweight\\fR and a link that go on. \\fBpgofs mount\\fR too.
                .SS "Below"
                .IP \\(bu 4
                first and more
                .IP 2. 4
                second
                .TP
                \\fBx|y\\fR
                is\\-this
                .PP
                .RS 4
                .nf
                \\&.begin \\(aqquoted\\(aq \\e
                  \\(ti/in
                .fi
                .RE
                """,
                text());
    }

    @Test
    void shouldTakeThePartBelowAHeading() {
        List<String> lines = List.of("## A", "a", "### deeper", "b", "## B", "c");
        assertEquals(List.of("a", "### deeper", "b"), MarkdownPage.below("## A", lines));
        assertEquals(List.of("c"), MarkdownPage.below("## B", lines));
        assertThrows(IllegalArgumentException.class, () -> MarkdownPage.below("## C", lines));
    }
}
