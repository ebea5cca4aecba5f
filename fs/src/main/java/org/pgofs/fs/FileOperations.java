package org.pgofs.fs;

/** What a file does, like the kernel's {@code struct file_operations}. Called by several threads at once. */
public interface FileOperations {
    /**
     * Looks at the file, for whoever asks for its size or is about to open it: several times for each, so it is cheap.
     *
     * @return what it is now
     * @throws FsException if it cannot be found out
     */
    FileView look() throws FsException;

    /**
     * Opens the file. Cheap: content is made when it is first asked for.
     *
     * @param view what the look-up found by which it is opened, mostly a moment before
     * @param caller who opens it
     * @return the state of this one open file
     * @throws FsException if it cannot be opened now; with {@link Errno#ESTALE} if it cannot have this size any more: then
     *     it is looked up again
     */
    OpenFile open(FileView view, Caller caller) throws FsException;
}
