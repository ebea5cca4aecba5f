package org.pgofs.profraw;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tools of one LLVM version, installed under the names that Debian gives them.
 *
 * @param version the major version
 * @param directory where their files go
 */
record Llvm(int version, Path directory) {
    private static final int FIRST_WITH_VTABLES = 19;
    private static final Pattern FUNCTION = Pattern.compile(
            "(?m)^  (\\S+):\n    Hash: 0x(\\p{XDigit}+)\n    Counters: \\d+\n(?:    Function count: (\\d+)\n)?"
                    + "(?:    (?:Indirect|Number).*\n)*(?:    Block counts: \\[(.*)]$)?");

    /** Compiles a program, runs it and returns its raw profile, written by the compiler's own runtime. */
    ByteBuffer stockProfile(String compiler, Path source, List<String> flags) {
        Path program = directory.resolve("program");
        Path profile = directory.resolve("stock.profraw");
        List<String> command = new ArrayList<>(List.of(compiler + "-" + version, "-O1"));
        command.addAll(flags);
        command.addAll(List.of(source.toString(), "-o", program.toString()));
        run(command);
        run(List.of("env", "LLVM_PROFILE_FILE=" + profile, program.toString()));
        try {
            return ByteBuffer.wrap(Files.readAllBytes(profile));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code llvm-profdata show} says of all functions, counts and values of a profile. */
    String show(ByteBuffer profile) {
        return show(write(profile));
    }

    /** What it says when the profile was merged into an indexed one. */
    String showMerged(ByteBuffer profile) {
        Path merged = directory.resolve("merged.profdata");
        profdata(List.of("merge", "-o", merged.toString(), write(profile).toString()));
        return show(merged);
    }

    private String show(Path file) {
        List<String> command = new ArrayList<>(
                List.of("show", "--all-functions", "--counts", "--ic-targets", "--memop-sizes", file.toString()));
        if (version >= FIRST_WITH_VTABLES) {
            command.add("--show-vtables");
        }
        return profdata(command);
    }

    private Path write(ByteBuffer profile) {
        Path file = directory.resolve("ours.profraw");
        TestFiles.write(file, profile);
        return file;
    }

    String profdata(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("llvm-profdata-" + version));
        command.addAll(arguments);
        return run(command);
    }

    /** The counts of every function in the output of show, by name and hash. */
    static SortedMap<String, List<Long>> counts(String shown) {
        SortedMap<String, List<Long>> counts = new TreeMap<>();
        for (Matcher m = FUNCTION.matcher(shown); m.find(); ) {
            List<Long> values = new ArrayList<>();
            if (m.group(3) != null) {
                values.add(Long.parseUnsignedLong(m.group(3)));
            }
            if (m.group(4) != null && !m.group(4).isEmpty()) {
                Arrays.stream(m.group(4).split(", "))
                        .map(Long::parseUnsignedLong)
                        .forEach(values::add);
            }
            counts.put(m.group(1) + " " + Long.parseUnsignedLong(m.group(2), 16), values);
        }
        return counts;
    }

    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
