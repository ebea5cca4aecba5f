package org.pgofs.daemon.top;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The terminal of this process, by stty(1): keys come one by one, and what is shown is on a screen of its own. Whatever
 * ends this process, but SIGKILL, gives the terminal back as it was. The sequences are those of ECMA-48 and xterm, which
 * all terminals of today know.
 */
final class Terminal implements AutoCloseable {
    static final int ESCAPE = 27;
    static final int UP = -2;
    static final int DOWN = -3;
    static final int NONE = -1;

    private static final int END = -4;
    private static final int ESCAPE_MS = 50;
    private static final String ENTER = "\33[?1049h\33[?25l";
    private static final String LEAVE = "\33[?25h\33[?1049l";

    private final String state;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);
    private final BlockingQueue<Integer> bytes = new LinkedBlockingQueue<>();
    private boolean closed;

    /**
     * Its size.
     *
     * @param rows at least 1
     * @param columns at least 1
     */
    record Size(int rows, int columns) {}

    private Terminal(String state) {
        this.state = state;
    }

    /**
     * Takes it.
     *
     * @throws IOException if there is none; the message is one line
     */
    static Terminal open() throws IOException {
        String state = stty("-g");
        if (state.isEmpty() || run("test", "-t", "1") != 0) {
            throw new IOException("this is no terminal: use --once, --json or --csv");
        }
        Terminal terminal = new Terminal(state);
        Runtime.getRuntime().addShutdownHook(new Thread(terminal::close, "terminal"));
        stty("-icanon", "-echo", "min", "1", "susp", "undef");
        terminal.write(ENTER);
        Thread reader = new Thread(terminal::readBytes, "keys");
        reader.setDaemon(true);
        reader.start();
        return terminal;
    }

    /** Empty if standard input is no terminal. */
    private static String stty(String... words) throws IOException {
        String[] command = new String[words.length + 1];
        command[0] = "stty";
        System.arraycopy(words, 0, command, 1, words.length);
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }

    private static int run(String... command) throws IOException {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    private void readBytes() {
        InputStream in = System.in;
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                bytes.add(next);
            }
        } catch (IOException e) {
            // The terminal has gone.
        }
        bytes.add(END);
    }

    /** Waits for a key: a byte, {@link #UP} or {@link #DOWN}; {@link #NONE} if none came in time. */
    int key(long millis) throws IOException, InterruptedException {
        Integer first = bytes.poll(millis, TimeUnit.MILLISECONDS);
        if (first == null) {
            return NONE;
        }
        if (first == END) {
            throw new IOException("the terminal has gone");
        }
        return first == ESCAPE ? sequence() : first;
    }

    /** A key that sends more than one byte. */
    private int sequence() throws InterruptedException {
        Integer second = bytes.poll(ESCAPE_MS, TimeUnit.MILLISECONDS);
        if (second == null || (second != '[' && second != 'O')) {
            return ESCAPE;
        }
        Integer last = bytes.poll(ESCAPE_MS, TimeUnit.MILLISECONDS);
        while (last != null && last < '@') {
            last = bytes.poll(ESCAPE_MS, TimeUnit.MILLISECONDS);
        }
        return last == null ? ESCAPE : last == 'A' ? UP : last == 'B' ? DOWN : NONE;
    }

    /** As it is now. */
    Size size() throws IOException {
        String[] fields = stty("size").split(" ", 2);
        if (fields.length < 2 || fields[0].equals("0")) {
            return new Size(24, 80);
        }
        return new Size(Integer.parseInt(fields[0]), Integer.parseInt(fields[1]));
    }

    /** Writes at once. */
    void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            try {
                stty(state);
                write(LEAVE);
            } catch (IOException e) {
                // It has gone.
            }
        }
    }
}
