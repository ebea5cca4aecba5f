package org.pgofs.fs.fuse;

import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** {@code struct fuse_lowlevel_ops} of libfuse 2.9 in native memory, filled with callbacks. */
final class CallbackTable {
    private static final int FIELDS = 41;

    /** Those of its fields that are used; all are pointers. What is left out is not implemented. */
    enum Field {
        INIT(0),
        LOOKUP(2),
        FORGET(3),
        GETATTR(4),
        SETATTR(5),
        MKNOD(7),
        MKDIR(8),
        UNLINK(9),
        RMDIR(10),
        SYMLINK(11),
        RENAME(12),
        LINK(13),
        OPEN(14),
        READ(15),
        WRITE(16),
        RELEASE(18),
        OPENDIR(20),
        READDIR(21),
        RELEASEDIR(22),
        STATFS(24),
        CREATE(30);

        private final int index;

        Field(int index) {
            this.index = index;
        }
    }

    private final Runtime runtime;
    private final Pointer memory;

    /** jnr-ffi itself keeps weak references only. */
    private final List<Object> callbacks = new ArrayList<>();

    /**
     * A table without callbacks.
     */
    CallbackTable(Runtime runtime) {
        this.runtime = runtime;
        memory = Memory.allocateDirect(runtime, FIELDS * Long.BYTES, true);
    }

    Pointer memory() {
        return memory;
    }

    <T> void put(Field field, Class<T> type, T callback) {
        callbacks.add(callback);
        memory.putPointer(
                (long) field.index * Long.BYTES, runtime.getClosureManager().getClosurePointer(type, callback));
    }
}
