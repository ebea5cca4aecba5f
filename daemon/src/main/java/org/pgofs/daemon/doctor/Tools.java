package org.pgofs.daemon.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The commands that a shell would find.
 *
 * @param directories those of PATH, in its order
 */
record Tools(List<Path> directories) {
    private static final Pattern VERSION = Pattern.compile("version ((\\d{1,4})\\.\\S*)");
    private static final int PATIENCE_S = 10;

    static Tools ofPath(String path) {
        return new Tools(Arrays.stream(path.split(":"))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of)
                .toList());
    }

    boolean has(String command) {
        return directories.stream().anyMatch(directory -> Files.isExecutable(directory.resolve(command)));
    }

    List<Tool> clangs() {
        return versionsOf("clang", "--version");
    }

    List<Tool> profdatas() {
        return versionsOf("llvm-profdata", "show", "--version"); // some know the option only behind a word
    }

    /** All versions of a tool of LLVM, as NAME or NAME-MAJOR; the newest first. */
    private List<Tool> versionsOf(String name, String... arguments) {
        Map<String, Path> found = new TreeMap<>();
        for (Path directory : directories) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, name + "*")) {
                for (Path file : files) {
                    String command = file.getFileName().toString();
                    if (command.matches(Pattern.quote(name) + "(-\\d+)?") && Files.isExecutable(file)) {
                        found.putIfAbsent(command, file);
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                // A shell, too, goes on when a directory of PATH is not there.
            }
        }
        List<Tool> tools = new ArrayList<>();
        found.forEach((command, file) -> version(command, file, arguments).ifPresent(tools::add));
        tools.sort(Comparator.comparingInt(Tool::major).reversed());
        return tools;
    }

    private static Optional<Tool> version(String command, Path file, String... arguments) {
        List<String> line = new ArrayList<>(List.of(file.toString()));
        line.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            process.getOutputStream().close();
            process.onExit().orTimeout(PATIENCE_S, TimeUnit.SECONDS).exceptionally(e -> process.destroyForcibly());
            Matcher matcher =
                    VERSION.matcher(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            return matcher.find()
                    ? Optional.of(new Tool(command, matcher.group(1), Integer.parseInt(matcher.group(2))))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // not a program: as good as not there
        }
    }
}
