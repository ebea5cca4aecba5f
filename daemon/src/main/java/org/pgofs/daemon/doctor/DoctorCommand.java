package org.pgofs.daemon.doctor;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.pgofs.counters.segment.SegmentDirectory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgofs doctor}. Exit codes: 0 all is right, 1 something is not, 2 usage. */
@Command(
        name = "doctor",
        description = {
            "Say whether this machine is ready, whether PROGRAM is instrumented and linked correctly, or whether the process"
                    + " PID counts.",
            "A line begins with ok, with NO if something must be done, or with - if it is not known."
        },
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PROGRAM|PID",
            arity = "0..1",
            description = "An executable or a shared library; or the number of a process, unless a file has that name.")
    private Path program;

    @Option(
            names = "--segment-dir",
            paramLabel = "DIR",
            defaultValue = "${env:PGOFS_SEGMENT_DIR:-" + SegmentDirectory.DEFAULT + "}",
            description = "Where targets publish their counters (default: PGOFS_SEGMENT_DIR, or else /run/pgofs).")
    private Path segmentDirectory;

    /** For picocli. */
    public DoctorCommand() {}

    @Override
    public Integer call() {
        Machine machine = Machine.here(segmentDirectory);
        List<Finding> findings = findings(machine);
        PrintWriter out = spec.commandLine().getOut();
        findings.forEach(finding -> out.println(finding.line()));
        out.flush();
        return findings.stream().anyMatch(finding -> finding.outcome() == Finding.Outcome.NO)
                ? CommandLine.ExitCode.SOFTWARE
                : CommandLine.ExitCode.OK;
    }

    private List<Finding> findings(Machine machine) {
        if (program == null) {
            List<Finding> findings = new ArrayList<>(List.of(Versions.of(Path.of("/etc/os-release"))));
            findings.addAll(MachineReport.of(machine));
            return findings;
        }
        String name = String.valueOf(program.getFileName());
        return name.matches("[1-9][0-9]{0,8}") && !Files.exists(program)
                ? ProcessReport.of(Long.parseLong(name), machine)
                : ProgramReport.of(program, machine.tools());
    }
}
