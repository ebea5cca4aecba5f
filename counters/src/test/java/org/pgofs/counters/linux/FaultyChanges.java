package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The real changes, up to a step: there the process "dies", and nothing that it still does reaches a file, or this one
 * step fails for lack of space. Of a piece that is written only half is there then.
 */
public final class FaultyChanges implements FileChanges {
    private final boolean deadly;
    private int stepsLeft;
    private boolean hit;
    private boolean dead;

    /** Instead of a SIGKILL. */
    public static final class Died extends Error {
        private static final long serialVersionUID = 1;
    }

    /**
     * Without a fault yet.
     *
     * @param deadly whether the process is to die, or the step to fail
     */
    public FaultyChanges(boolean deadly) {
        this.deadly = deadly;
    }

    /** From now on, that many steps succeed. */
    public synchronized void arm(int steps) {
        stepsLeft = steps;
        hit = false;
    }

    /** All steps succeed, unless the process is dead. */
    public synchronized void disarm() {
        stepsLeft = Integer.MAX_VALUE;
    }

    /** Whether the step was reached. */
    public synchronized boolean isHit() {
        return hit;
    }

    private interface Step {
        void take() throws IOException;
    }

    private synchronized void step(Step whole, Step half) throws IOException {
        if (dead) {
            throw new Died();
        }
        if (stepsLeft-- > 0) {
            whole.take();
            return;
        }
        hit = true;
        half.take();
        if (deadly) {
            dead = true;
            throw new Died();
        }
        stepsLeft = Integer.MAX_VALUE;
        throw new NoSpaceException("injected");
    }

    private void step(Step whole) throws IOException {
        step(whole, () -> {});
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        step(() -> RealChanges.INSTANCE.makeDirectory(directory));
    }

    @Override
    public int create(Path file) throws IOException {
        int[] fd = new int[1];
        step(() -> fd[0] = RealChanges.INSTANCE.create(file));
        return fd[0];
    }

    @Override
    public void append(int fd, ByteBuffer bytes) throws IOException {
        step(
                () -> RealChanges.INSTANCE.append(fd, bytes),
                () -> RealChanges.INSTANCE.append(fd, bytes.duplicate().limit((bytes.position() + bytes.limit()) / 2)));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step(() -> RealChanges.INSTANCE.rename(from, to));
    }

    @Override
    public void delete(Path file) throws IOException {
        step(() -> RealChanges.INSTANCE.delete(file));
    }

    @Override
    public void writeAt(int fd, long offset, ByteBuffer bytes) throws IOException {
        step(
                () -> RealChanges.INSTANCE.writeAt(fd, offset, bytes),
                () -> RealChanges.INSTANCE.writeAt(
                        fd, offset, bytes.duplicate().limit((bytes.position() + bytes.limit()) / 2)));
    }

    @Override
    public void writeLong(int fd, long offset, long value) throws IOException {
        step(() -> RealChanges.INSTANCE.writeLong(fd, offset, value));
    }
}
