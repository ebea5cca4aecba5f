package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@code /proc/PID/stat} (proc(5)) says of a process.
 *
 * @param pid its number here
 * @param parent its parent's number
 * @param forked whether it goes on from where its parent was, and has not called exec
 * @param startTime when it was started, in clock ticks since the boot: with the pid, what tells it from all others
 * @param memory the size of its address space in bytes, 0 if it has none
 * @param stack where its stack begins, which exec chooses anew
 */
record ProcessStat(int pid, int parent, boolean forked, long startTime, long memory, long stack) {
    /** PF_FORKNOEXEC of the kernel's sched.h. */
    private static final long FORKED = 0x40;

    // Fields behind the name, which is in parentheses, counted from the state.
    private static final int PARENT = 1;
    private static final int FLAGS = 6;
    private static final int START_TIME = 19;
    private static final int MEMORY = 20;
    private static final int STACK = 25;
    private static final String END_OF_NAME = ") ";

    /**
     * Asks for it.
     *
     * @throws IOException if there is no such process
     */
    static ProcessStat of(int pid) throws IOException {
        return parse(pid, Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1));
    }

    /**
     * Reads it.
     *
     * @param stat the name in it is chosen by the process
     * @throws IOException if it is not of that form
     */
    static ProcessStat parse(int pid, String stat) throws IOException {
        // The name may have parentheses and spaces in it.
        int end = stat.lastIndexOf(END_OF_NAME);
        String[] fields = end < 0
                ? new String[0]
                : stat.substring(end + END_OF_NAME.length()).split(" ", -1);
        if (fields.length <= STACK) {
            throw new IOException("/proc/" + pid + "/stat has too few fields");
        }
        try {
            return new ProcessStat(
                    pid,
                    Integer.parseInt(fields[PARENT]),
                    (Long.parseLong(fields[FLAGS]) & FORKED) != 0,
                    Long.parseLong(fields[START_TIME]),
                    Long.parseUnsignedLong(fields[MEMORY]),
                    Long.parseUnsignedLong(fields[STACK]));
        } catch (NumberFormatException e) {
            throw new IOException("/proc/" + pid + "/stat has no number where there should be one", e);
        }
    }

    /** What is the same in the child of a fork, and another one after exec. */
    boolean hasStackOf(ProcessStat other) {
        return stack == other.stack;
    }
}
