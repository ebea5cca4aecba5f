package org.pgofs.counters.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.pgofs.counters.linux.Child;

/**
 * A process that reads files of other processes for this one. Whoever reads them may wait for as long as a user likes, whose
 * file system does not answer; and a thread that waits so cannot be ended, not even by killing its process, which keeps all
 * of its open files meanwhile. So this process waits for some time only, and gives the reader up after that. What it does itself
 * between two questions is no waiting: where the machine is slow, that may take longer than all answers.
 * All methods that ask it throw {@link LostException}.
 * {@code foreign_reader.c} is the other side. Used by one thread at a time.
 *
 * <pre>
 *   request:  kind u32 | size u32 | file i64 | offset u64 | path, if a file is opened
 *   answer:   result i64 | processor time ns u64 | as many bytes as the result says, if something was read
 * </pre>
 */
final class ForeignReader implements AutoCloseable {
    private static final int OPEN = 1;
    private static final int READ = 2;
    private static final int CLOSE = 3;
    private static final int IDENTIFY = 4;

    private static final int REQUEST_SIZE = 24;
    private static final int ANSWER_SIZE = 16;
    private static final int IDENTITY_SIZE = 40;
    private static final int SIZE_AT = 16;
    private static final int MOST = 1 << 20;
    private static final int LONGEST_PATH = 4000;
    private static final int EPERM = 1;
    private static final int ENOENT = 2;

    private final Child child;
    private final ByteBuffer request = direct(REQUEST_SIZE + LONGEST_PATH);
    private final ByteBuffer answer = direct(ANSWER_SIZE);
    private long patience;
    private long processorTime;
    private boolean ended;

    private ForeignReader(Child child) {
        this.child = child;
    }

    private static ByteBuffer direct(int size) {
        return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Starts one.
     *
     * @param program of foreign_reader.c
     */
    static ForeignReader start(Path program) throws IOException {
        return new ForeignReader(Child.start(program));
    }

    /** It did not answer in time, or ended by itself: there is nothing to be had from it any more. */
    static final class LostException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private LostException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Waits for so many nanoseconds for all answers that follow together. */
    void waitFor(long nanoseconds) {
        patience = nanoseconds;
    }

    /** What tells a file from all others, and from what it was before it was changed. */
    record Identity(ByteBuffer content) {
        long size() {
            return content.getLong(SIZE_AT);
        }

        /**
         * Whether it is a certain file.
         *
         * @param file as {@link Mapping#file}, where the number of the device is split as gnu_dev_major(3) does
         */
        boolean isFile(String file) {
            long device = content.getLong(0);
            long major = ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
            long minor = (device & 0xff) | ((device >>> 12) & 0xffffff00L);
            return file.equals(String.format(Locale.ROOT, "%02x:%02x %d", major, minor, content.getLong(Long.BYTES)));
        }
    }

    /**
     * Opens a regular file.
     *
     * @param path absolute; links are followed
     * @return a number by which it is read and closed
     * @throws NoSuchFileException if there is none
     * @throws AccessDeniedException if the kernel lets this process open none of that kind
     */
    long open(String path) throws IOException {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length > LONGEST_PATH) {
            throw new IOException("has too long a path");
        }
        request.clear().putInt(OPEN).putInt(name.length).putLong(0).putLong(0).put(name);
        long file = ask();
        if (file == -ENOENT) {
            throw new NoSuchFileException(path);
        }
        if (file == -EPERM) {
            throw new AccessDeniedException(path);
        }
        return check(file);
    }

    /** Closes a file. */
    void close(long file) {
        request(CLOSE, 0, file, 0);
        ask();
    }

    /** What a file is. */
    Identity identify(long file) throws IOException {
        request(IDENTIFY, 0, file, 0);
        check(ask());
        ByteBuffer identity = direct(IDENTITY_SIZE);
        receive(identity);
        return new Identity(identity.flip());
    }

    /**
     * Reads as much as there is.
     *
     * @param target direct; filled from its position, which moves on
     * @return whether the buffer could be filled
     */
    boolean read(long file, long offset, ByteBuffer target) throws IOException {
        long at = offset;
        int limit = target.limit();
        while (target.position() < limit) {
            int size = Math.min(MOST, limit - target.position());
            request(READ, size, file, at);
            int count = (int) check(ask());
            receive(target.limit(target.position() + count));
            target.limit(limit);
            if (count < size) {
                return false;
            }
            at += count;
        }
        return true;
    }

    private void request(int kind, int size, long file, long offset) {
        request.clear().putInt(kind).putInt(size).putLong(file).putLong(offset);
    }

    private long ask() {
        if (ended) {
            throw new LostException(new IOException("was ended"));
        }
        try {
            child.send(request.flip());
        } catch (IOException e) {
            throw new LostException(e);
        }
        receive(answer.clear());
        processorTime = answer.getLong(Long.BYTES);
        return answer.getLong(0);
    }

    private void receive(ByteBuffer target) {
        try {
            patience = child.receive(target, patience);
        } catch (IOException e) {
            throw new LostException(e);
        }
    }

    private static long check(long result) throws IOException {
        if (result < 0) {
            throw new IOException("error " + -result);
        }
        return result;
    }

    /** How long it has had a processor, in nanoseconds. */
    long processorTime() {
        return processorTime;
    }

    /** Whether it is there still though it was closed: it waits for what does not answer. */
    boolean isAlive() {
        return child.isAlive();
    }

    /** Ends it as soon as it can be ended. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            child.close();
        }
    }
}
