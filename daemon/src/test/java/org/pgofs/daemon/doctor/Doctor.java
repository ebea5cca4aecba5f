package org.pgofs.daemon.doctor;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** A run of the command. */
record Doctor(int exitCode, List<String> lines) {
    static Doctor run(String... arguments) {
        StringWriter out = new StringWriter();
        int exitCode = new CommandLine(new DoctorCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(arguments);
        return new Doctor(exitCode, out.toString().lines().toList());
    }
}
