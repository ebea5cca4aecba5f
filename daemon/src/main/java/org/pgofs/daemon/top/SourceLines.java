package org.pgofs.daemon.top;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pgofs.counters.format.InvalidFileException;
import org.pgofs.counters.image.Names;
import org.pgofs.daemon.client.LlvmTool;
import org.pgofs.daemon.client.TrustedFile;
import org.pgofs.daemon.demangle.FunctionName;

/**
 * The source of a function, as LLVM's tools find it: by the program's coverage mapping, with the counts of lines, or else by
 * its debug info. They are started when somebody asks, and may take some seconds.
 */
final class SourceLines {
    private static final int PATIENCE_S = 20;
    private static final int CONTEXT = 21;

    private SourceLines() {}

    /**
     * Finds it.
     *
     * @param program the path of the program; null if none runs
     * @param symbol of the function, as the linker knows it
     * @param coverage the profile of a program with coverage mapping; null for another
     * @return lines of text; a line that says why, if there are none
     */
    static List<String> of(String program, String symbol, Path coverage) {
        try {
            if (program == null) {
                throw new IOException("no process runs that says where the program is");
            }
            Path file = TrustedFile.of(Path.of(program));
            return coverage == null ? byDebugInfo(file, symbol) : byMapping(file, symbol, coverage);
        } catch (IOException e) {
            return List.of("no source lines: " + e.getMessage());
        }
    }

    private static List<String> byMapping(Path program, String symbol, Path profile) throws IOException {
        return run(
                tool("llvm-cov"),
                "show",
                "-use-color=false",
                "-instr-profile=" + profile,
                "-name=" + symbol,
                program.toString());
    }

    private static List<String> byDebugInfo(Path program, String symbol) throws IOException {
        Pattern wanted = Pattern.compile("([0-9a-f]+) [tTwW] " + Pattern.quote(symbol));
        String address = run(tool("llvm-nm"), "--defined-only", program.toString()).stream()
                .map(wanted::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .findFirst()
                .orElseThrow(() -> new IOException("the program has no symbol " + symbol));
        List<String> lines = run(
                tool("llvm-symbolizer"),
                "--obj=" + program,
                "--print-source-context-lines=" + CONTEXT,
                "--no-inlines",
                "0x" + address);
        if (lines.size() < 2 || lines.get(1).startsWith("??")) {
            throw new IOException("the program has no debug info: build it with -g");
        }
        return lines.subList(1, lines.size());
    }

    private static Path tool(String name) throws IOException {
        return LlvmTool.newest(name)
                .orElseThrow(() -> new IOException(name + " tells them, and is not installed: apt-get install llvm"));
    }

    /** What a command prints, without what a terminal could take for a command. */
    private static List<String> run(Path tool, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(tool.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        process.onExit().orTimeout(PATIENCE_S, TimeUnit.SECONDS).exceptionally(e -> process.destroyForcibly());
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        List<String> lines = output.lines()
                .map(line ->
                        line.replace("\t", "  ").replaceAll("\\p{Cntrl}", "?").stripTrailing())
                .filter(line -> !line.isEmpty())
                .toList();
        if (lines.isEmpty()) {
            throw new IOException(tool + " finds nothing");
        }
        return lines;
    }

    /** The name that a names section has for a reference, as the linker knows it; empty if it has none. */
    static String symbol(ByteBuffer names, long reference) {
        StringBuilder symbol = new StringBuilder();
        Names.Hash hash = new Names.Hash();
        ByteArrayOutputStream name = new ByteArrayOutputStream();
        try {
            Names.read(names, new Names.Visitor() {
                @Override
                public void part(byte[] bytes, int offset, int length) {
                    hash.add(bytes, offset, length);
                    name.write(bytes, offset, length);
                }

                @Override
                public void end() {
                    if (hash.take() == reference && symbol.isEmpty()) {
                        symbol.append(FunctionName.of(name.toString(StandardCharsets.ISO_8859_1))
                                .symbol());
                    }
                    name.reset();
                }
            });
        } catch (InvalidFileException e) {
            return "";
        }
        return symbol.toString();
    }
}
