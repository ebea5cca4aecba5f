package org.pgofs.daemon.client;

import java.io.IOException;
import java.io.PrintWriter;

/**
 * How far a command is, for whoever looks at its standard error: on a terminal a line that changes, and elsewhere a line
 * now and then.
 */
public final class ProgressLine implements AutoCloseable {
    private static final String CLEAR = "\r\33[K";

    private final PrintWriter err;
    private final boolean onTerminal;
    private final int every;
    private int shown;
    private boolean closed;

    private ProgressLine(PrintWriter err, boolean onTerminal, int every) {
        this.err = err;
        this.onTerminal = onTerminal;
        this.every = every;
    }

    /**
     * Shows nothing yet.
     *
     * @param err standard error
     * @param every without a terminal, only one of so many texts is shown, and the first
     * @return to be closed before anything else is printed
     */
    public static ProgressLine begin(PrintWriter err, int every) {
        ProgressLine line = new ProgressLine(err, isTerminal(), every);
        if (line.onTerminal) {
            Runtime.getRuntime().addShutdownHook(new Thread(line::close, "progress"));
        }
        return line;
    }

    static boolean isTerminal() {
        try {
            return new ProcessBuilder("test", "-t", "2").inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Shows how far it is.
     *
     * @param text one line
     */
    public synchronized void show(String text) {
        if (onTerminal && !closed) {
            err.print(CLEAR + text);
            err.flush();
        } else if (shown % every == 0) {
            err.println(text);
        }
        shown++;
    }

    /** Removes the line from a terminal, whatever ends the command. */
    @Override
    public synchronized void close() {
        if (onTerminal && !closed && shown > 0) {
            err.print(CLEAR);
            err.flush();
        }
        closed = true;
    }
}
