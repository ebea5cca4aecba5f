package org.pgofs.fleet.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Objects with names, in directories. A name has parts with slashes between them, and no part begins with a dot. Whoever may
 * write to a store may put anything there. Thread-safe.
 */
public interface ObjectStore extends Closeable {
    /**
     * What lies in a directory.
     *
     * @param directory its name with a slash at the end, or nothing for the store itself
     * @return the names of objects, and of directories with a slash at the end, without what they lie in; sorted, and none if
     *     there is no such directory
     * @throws java.nio.file.AccessDeniedException if the directory must not be listed; others may be listed all the same
     * @throws IOException if the store does not answer; the message names it
     */
    List<String> list(String directory) throws IOException;

    /**
     * Reads an object.
     *
     * @param name of the object
     * @param most how many bytes it may have
     * @return its bytes
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws UnusableObjectException if it is larger, or no file; the message names it
     * @throws IOException if it cannot be read; the message names it
     */
    byte[] read(String name, int most) throws IOException;

    /**
     * Writes an object as a whole, if there is none of that name. When it returns, the store has it for good.
     *
     * @param name of the object
     * @param content its bytes
     * @return false if there was one, which is as it was
     * @throws IOException if it cannot be written, or it is not known whether it was; the message names it
     */
    boolean writeIfAbsent(String name, byte[] content) throws IOException;

    /**
     * Writes an object as a whole, in place of one of that name: readers see the one or the other.
     *
     * @param name of the object
     * @param content its bytes
     * @throws IOException if it cannot be written; the message names it
     */
    void replace(String name, byte[] content) throws IOException;
}
