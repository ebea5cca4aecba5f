package org.pgofs.daemon;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.pgofs.daemon.client.ServedMount;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pgofs status}. */
@Command(
        name = "status",
        description = "Show images, processes and counts; also what was dropped or refused, and why.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:usage", "3:with --exit-code, there is something to look after"},
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    private static final int ATTENTION = 3;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--exit-code",
            description = "End with 3 if there is something to look after: if the status has attention.")
    private boolean exitCode;

    @Mixin
    private ServedMount mount;

    @Override
    public Integer call() throws IOException {
        String status = mount.read(json ? PgoTree.STATUS_JSON : "status");
        spec.commandLine().getOut().print(status);
        spec.commandLine().getOut().flush();
        return exitCode && hasAttention(status) ? ATTENTION : CommandLine.ExitCode.OK;
    }

    private boolean hasAttention(String status) throws IOException {
        if (!json) {
            return status.startsWith("attention: ");
        }
        try (JsonParser parser = new JsonFactory().createParser(status)) {
            parser.nextToken();
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                parser.nextToken();
                if (field.equals("attention")) {
                    return parser.nextToken() != JsonToken.END_ARRAY;
                }
                parser.skipChildren();
            }
            return false;
        }
    }
}
