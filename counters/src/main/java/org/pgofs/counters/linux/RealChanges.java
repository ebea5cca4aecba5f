package org.pgofs.counters.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Changes files as they are. */
public class RealChanges implements FileChanges {
    public static final FileChanges INSTANCE = new RealChanges();

    @Override
    public void makeDirectory(Path directory) throws IOException {
        Files.createDirectory(directory);
    }

    @Override
    public int create(Path file) throws IOException {
        return Linux.create(file);
    }

    @Override
    public void append(int fd, ByteBuffer bytes) throws IOException {
        Linux.append(fd, bytes);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.delete(file);
    }

    @Override
    public void writeAt(int fd, long offset, ByteBuffer bytes) throws IOException {
        Linux.write(fd, offset, bytes);
    }

    @Override
    public void writeLong(int fd, long offset, long value) throws IOException {
        Linux.writeLong(fd, offset, value);
    }
}
