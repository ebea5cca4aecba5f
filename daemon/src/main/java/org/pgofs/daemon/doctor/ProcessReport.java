package org.pgofs.daemon.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Whether a process counts, and if not, why. */
final class ProcessReport {
    private static final Path PROC = Path.of("/proc");

    private ProcessReport() {}

    /**
     * Looks at a process.
     *
     * @param pid its number here
     * @param machine where it should publish, and where llvm-profdata is looked for
     * @return a finding for every check, of its executable too
     */
    static List<Finding> of(long pid, Machine machine) {
        Path process = PROC.resolve(Long.toString(pid));
        List<Finding> findings = new ArrayList<>();
        try {
            Path program = Files.readSymbolicLink(process.resolve("exe"));
            findings.add(Finding.ok("process " + pid + " runs " + program));
            findings.add(published(process, pid, machine.segmentDirectory()));
        } catch (NoSuchFileException e) {
            return List.of(Finding.no("there is no process " + pid + ", or it is one of the kernel"));
        } catch (AccessDeniedException e) {
            return List.of(Finding.no("process " + pid + " belongs to another user: use sudo"));
        } catch (IOException e) {
            return List.of(Finding.no("process " + pid + " cannot be looked at: " + e.getMessage()));
        }
        findings.addAll(ProgramReport.of(process.resolve("exe"), machine.tools()));
        return findings;
    }

    private static Finding published(Path process, long pid, Path directory) throws IOException {
        String inDirectory = " " + (Files.exists(directory) ? directory.toRealPath() : directory) + "/";
        try (Stream<String> lines = Files.lines(process.resolve("maps"), StandardCharsets.ISO_8859_1)) {
            long mapped = lines.filter(line -> line.contains(inDirectory)).count();
            if (mapped > 0) {
                return Finding.ok("it counts in " + directory);
            }
        }
        Map<String, String> environment = environment(process);
        String other = environment.get("PGOFS_SEGMENT_DIR");
        if (environment.getOrDefault("PGOFS_DISABLE", "").equals("1")) {
            return Finding.no("it does not count: it was started with PGOFS_DISABLE=1");
        } else if (other != null && !other.equals(directory.toString())) {
            return Finding.no("it does not count in " + directory + ": it was started with PGOFS_SEGMENT_DIR=" + other);
        }
        return Finding.no("it does not count in " + directory
                + ": if its program is right, see below, the directory was not there"
                + " when it started; PGOFS_VERBOSE=1 in its environment lets it say why. To read it as it runs, if it has the"
                + " compiler's own runtime: pgofs attach --pid " + pid);
    }

    /** That with which it was started. */
    private static Map<String, String> environment(Path process) throws IOException {
        Map<String, String> variables = new HashMap<>();
        for (String variable : Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
                .split("\0", 0)) {
            String[] parts = variable.split("=", 2);
            variables.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
        return variables;
    }
}
