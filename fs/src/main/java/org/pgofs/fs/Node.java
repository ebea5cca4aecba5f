package org.pgofs.fs;

/**
 * A directory or a file. Its mode, owner and group are what {@code chmod} and {@code chown} made them last; without
 * one, the owner and group are those of the mount.
 */
public abstract sealed class Node permits Directory, PseudoFile {
    private static final int PERMISSIONS = 07777;

    /** What {@code chown} passes for an id that stays as it is. */
    public static final int UNCHANGED = -1;

    private volatile int mode;
    private volatile int uid = UNCHANGED;
    private volatile int gid = UNCHANGED;

    Node(int mode) {
        if ((mode & ~PERMISSIONS) != 0) {
            throw new IllegalArgumentException("mode " + Integer.toOctalString(mode) + " has more than 07777");
        }
        this.mode = mode;
    }

    /** The permission bits, 0 to 07777. */
    public final int mode() {
        return mode;
    }

    public final void chmod(int newMode) {
        mode = newMode & PERMISSIONS;
    }

    public final int uid(int ofMount) {
        return uid == UNCHANGED ? ofMount : uid;
    }

    public final int gid(int ofMount) {
        return gid == UNCHANGED ? ofMount : gid;
    }

    public final void chown(int newUid, int newGid) {
        if (newUid != UNCHANGED) {
            uid = newUid;
        }
        if (newGid != UNCHANGED) {
            gid = newGid;
        }
    }
}
