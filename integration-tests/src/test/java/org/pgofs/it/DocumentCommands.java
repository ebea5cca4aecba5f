package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Runs the commands of documents as a reader types them: one after another in one shell, as root, with pgofs in PATH. The
 * shell has a /mnt, a /run and processes of its own, which end with it.
 */
final class DocumentCommands {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```sh\\n(.*?)^ *```$");
    private static final String OWN = "mount -t tmpfs tmpfs /mnt; mount -t tmpfs tmpfs /run; . \"$1\"";

    private DocumentCommands() {}

    /** The blocks of commands under a heading of a document, in all of it if that is empty. */
    static List<String> of(Path document, String heading) throws IOException {
        String text = Files.readString(document, StandardCharsets.UTF_8);
        String section = heading.isEmpty() ? text : text.replaceFirst("(?s).*?\n" + heading + "\n", "");
        assertTrue(heading.isEmpty() || section.length() < text.length(), heading);
        String end = heading.isEmpty() ? section : section.replaceFirst("(?s)\n## .*", "\n");
        List<String> blocks =
                BLOCK.matcher(end).results().map(DocumentCommands::unindented).toList();
        assertFalse(blocks.isEmpty());
        return blocks;
    }

    private static String unindented(MatchResult block) {
        return block.group(2).replaceAll("(?m)^" + block.group(1), "");
    }

    /** Runs a script of them, in the directory of the shell; all of them must succeed. */
    static Shell.Result run(Shell shell, String script) throws IOException {
        Path file = Files.writeString(shell.directory().resolve("script"), script);
        return shell.with("PATH", Checkout.PGOFS.getParent() + ":" + System.getenv("PATH"))
                .with("PGOFS_LOG", shell.directory().resolve("log").toString())
                .run(
                        "unshare",
                        "--mount",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "--mount-proc",
                        "bash",
                        "-euxo",
                        "pipefail",
                        "-c",
                        OWN,
                        "bash",
                        file.toString())
                .ok();
    }
}
