package org.pgofs.daemon.client;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the tools of LLVM as the caller's shell would. */
public final class LlvmTool {
    private LlvmTool() {}

    /**
     * The newest of a tool, going by its name.
     *
     * @param name of the tool; Debian's packages put {@code -} and their version behind it
     * @return its file; empty if it is not installed
     */
    public static Optional<Path> newest(String name) {
        Pattern names = Pattern.compile(Pattern.quote(name) + "(?:-(\\d{1,4}))?");
        Path newest = null;
        int version = -1;
        for (String directory :
                System.getProperty("pgofs.path", System.getenv("PATH")).split(":", 0)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of(directory), name + "*")) {
                for (Path file : files) {
                    Matcher matcher = names.matcher(file.getFileName().toString());
                    if (matcher.matches() && Files.isExecutable(file)) {
                        int own = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
                        newest = own > version ? file : newest;
                        version = Math.max(own, version);
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                // A shell, too, goes on when a directory of PATH is not there.
            }
        }
        return Optional.ofNullable(newest);
    }
}
