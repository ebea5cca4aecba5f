package org.pgofs.fs;

import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import ru.serce.jnrfuse.struct.FuseOperations;

/**
 * {@code struct fuse_operations} in native memory, filled with callbacks. Where its fields are, jnr-fuse knows; its own
 * callback types would make objects of every argument of every call.
 */
final class CallbackTable {
    /** {@code flag_nullpath_ok} and {@code flag_nopath}. */
    private static final int NO_PATHS = 0b11;

    private final Runtime runtime;
    private final FuseOperations fields;
    private final Pointer memory;

    /** jnr-ffi itself keeps weak references only. */
    private final List<Object> callbacks = new ArrayList<>();

    /**
     * A table without callbacks.
     */
    CallbackTable(Runtime runtime) {
        this.runtime = runtime;
        fields = new FuseOperations(runtime);
        memory = Memory.allocateDirect(runtime, Struct.size(fields), true);
        memory.putInt(fields.bmap.offset() + Long.BYTES, NO_PATHS);
    }

    FuseOperations fields() {
        return fields;
    }

    Pointer memory() {
        return memory;
    }

    <T> void put(long field, Class<T> type, T callback) {
        callbacks.add(callback);
        memory.putPointer(field, runtime.getClosureManager().getClosurePointer(type, callback));
    }
}
