package org.pgofs.counters.linux;

import static org.pgofs.counters.linux.Abi.O_CLOEXEC;
import static org.pgofs.counters.linux.Abi.POLLFD_EVENTS;
import static org.pgofs.counters.linux.Abi.POLLFD_HAPPENED;
import static org.pgofs.counters.linux.Abi.POLLFD_SIZE;
import static org.pgofs.counters.linux.Abi.POLLIN;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A child process that is spoken to through its standard input and output, and waited for only until a moment. Used by one
 * thread at a time.
 */
public final class Child implements AutoCloseable {
    private final Process process;
    private final int input;
    private final int output;
    private final ByteBuffer polled = ByteBuffer.allocateDirect(POLLFD_SIZE).order(ByteOrder.nativeOrder());

    private Child(Process process, int input, int output) {
        this.process = process;
        this.input = input;
        this.output = output;
    }

    /** It did not answer in time. */
    public static final class SilentException extends IOException {
        private static final long serialVersionUID = 1;

        private SilentException() {
            super("does not answer");
        }
    }

    /** The ends of a pipe, which no other program gets. */
    private record Pipe(int source, int sink) implements AutoCloseable {
        static Pipe open() throws IOException {
            ByteBuffer ends = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
            Linux.check(LibC.INSTANCE.pipe2(ends, O_CLOEXEC), "pipe2");
            return new Pipe(ends.getInt(0), ends.getInt(Integer.BYTES));
        }

        /** For a process that is started: the end is opened once more. */
        static File file(int end) {
            return new File("/proc/self/fd/" + end);
        }

        @Override
        public void close() {
            Linux.close(source);
            Linux.close(sink);
        }
    }

    /**
     * Starts a program, without arguments.
     *
     * @param program an absolute path
     * @throws IOException if it cannot be started
     */
    public static Child start(Path program) throws IOException {
        Pipe in = Pipe.open();
        Pipe out;
        try {
            out = Pipe.open();
        } catch (IOException e) {
            in.close();
            throw e;
        }
        try {
            Process process = new ProcessBuilder(program.toString())
                    .directory(new File("/"))
                    .redirectInput(Pipe.file(in.source))
                    .redirectOutput(Pipe.file(out.sink))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Linux.close(in.source);
            Linux.close(out.sink);
            return new Child(process, in.sink, out.source);
        } catch (IOException | RuntimeException e) {
            in.close();
            out.close();
            throw e;
        }
    }

    /**
     * Sends bytes: no more than a pipe takes, unless it reads them.
     *
     * @param bytes direct; its position moves to its limit
     * @throws IOException if it has ended
     */
    public void send(ByteBuffer bytes) throws IOException {
        Linux.append(input, bytes);
    }

    /**
     * Receives bytes until a buffer is full.
     *
     * @param target direct; filled from its position to its limit
     * @param patience how long to wait for them, in nanoseconds; what is there already is received without any
     * @return what is left of the patience
     * @throws SilentException if it does not answer within that time; it must not be asked anything else
     * @throws IOException if it has ended
     */
    public long receive(ByteBuffer target, long patience) throws IOException {
        long begun = System.nanoTime();
        while (target.hasRemaining()) {
            await(patience - (System.nanoTime() - begun));
            int count = (int)
                    Linux.check(LibC.INSTANCE.read(output, target.slice(), target.remaining()), "the child's output");
            if (count == 0) {
                throw new IOException("the child has ended");
            }
            target.position(target.position() + count);
        }
        return patience - (System.nanoTime() - begun);
    }

    private void await(long patience) throws IOException {
        long begun = System.nanoTime();
        long left = patience;
        while (!hasSomething(left)) {
            left = patience - (System.nanoTime() - begun);
            if (left <= 0) {
                throw new SilentException();
            }
        }
    }

    private boolean hasSomething(long patience) {
        polled.putInt(0, output).putShort(POLLFD_EVENTS, POLLIN).putShort(POLLFD_HAPPENED, (short) 0);
        long wait = Math.max(0, Math.min(TimeUnit.NANOSECONDS.toMillis(patience), Integer.MAX_VALUE));
        return LibC.INSTANCE.poll(polled, 1, (int) wait) > 0;
    }

    /** Whether it runs still: one that was killed may do so until what it waits for has come. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it. */
    @Override
    public void close() {
        process.destroyForcibly();
        Linux.close(input);
        Linux.close(output);
    }
}
