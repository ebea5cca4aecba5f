package org.pgofs.counters.linux;

import com.kenai.jffi.Library;
import java.io.IOException;

/**
 * C libraries, and the native library by which Java calls them, which is installed beside the jars and never unpacked.
 */
public final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Checks that Java can call C libraries.
     *
     * @throws IOException if the native library is missing, or there is none for this machine; the message is one line that says what to do
     */
    public static void require() throws IOException {
        if (!Abi.isKnown()) {
            throw new IOException("pgofs runs on x86-64 and AArch64, and not on " + System.getProperty("os.arch"));
        }
        try {
            Linux.isRoot();
        } catch (LinkageError e) {
            throw new IOException("libjffi cannot be loaded: install pgofs again", e);
        }
    }

    /**
     * Whether a library can be loaded.
     *
     * @param name as the dynamic linker takes it
     * @throws IOException as {@link #require}
     */
    public static boolean isThere(String name) throws IOException {
        require();
        return Library.getCachedInstance(name, Library.LAZY) != null;
    }
}
