package org.pgofs.fs;

/** A regular file whose content a program makes. */
public final class PseudoFile extends Node {
    private final FileOperations operations;

    /**
     * A file.
     *
     * @param mode the permission bits, 0 to 07777, which the kernel checks; it lets root pass
     * @param operations what opening and asking for its size do
     * @throws IllegalArgumentException if the mode has other bits
     */
    public PseudoFile(int mode, FileOperations operations) {
        super(mode);
        this.operations = operations;
    }

    /**
     * A file that belongs to root, whoever owns the mount.
     *
     * @param mode as the constructor has it
     * @param operations as the constructor has them
     * @return the file
     */
    public static PseudoFile ofRoot(int mode, FileOperations operations) {
        PseudoFile file = new PseudoFile(mode, operations);
        file.chown(0, 0);
        return file;
    }

    public FileOperations operations() {
        return operations;
    }
}
