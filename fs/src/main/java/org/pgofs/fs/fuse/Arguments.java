package org.pgofs.fs.fuse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/** {@code struct fuse_args}: a command line, out of which libfuse's functions take what they know. */
final class Arguments {
    private static final int SIZE = 3 * Long.BYTES;
    private static final int ARGV = Long.BYTES;

    private final Pointer memory;
    /** What the memory points to. */
    private final List<Pointer> parts = new ArrayList<>();

    Arguments(Runtime runtime, String... words) {
        memory = Memory.allocateDirect(runtime, SIZE, true);
        Pointer argv = Memory.allocateDirect(runtime, (words.length + 1) * Long.BYTES, true);
        parts.add(argv);
        for (int i = 0; i < words.length; i++) {
            byte[] bytes = words[i].getBytes(StandardCharsets.UTF_8);
            Pointer word = Memory.allocateDirect(runtime, bytes.length + 1, true);
            word.put(0, bytes, 0, bytes.length);
            parts.add(word);
            argv.putPointer((long) i * Long.BYTES, word);
        }
        memory.putInt(0, words.length);
        memory.putPointer(ARGV, argv);
    }

    Pointer memory() {
        return memory;
    }
}
