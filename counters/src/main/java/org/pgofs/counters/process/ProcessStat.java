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

    /**
     * Asks for it.
     *
     * @throws IOException if there is no such process
     */
    static ProcessStat of(int pid) throws IOException {
        return parse(pid, Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1));
    }

    static ProcessStat parse(int pid, String stat) {
        // The name may have parentheses and spaces in it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new ProcessStat(
                pid,
                Integer.parseInt(fields[PARENT]),
                (Long.parseLong(fields[FLAGS]) & FORKED) != 0,
                Long.parseLong(fields[START_TIME]),
                Long.parseLong(fields[MEMORY]),
                Long.parseUnsignedLong(fields[STACK]));
    }

    /** What is the same in the child of a fork, and another one after exec. */
    boolean hasStackOf(ProcessStat other) {
        return stack == other.stack;
    }
}
