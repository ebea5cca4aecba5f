package org.pgofs.counters.linux;

import com.kenai.jffi.Library;
import java.io.IOException;

/** Libraries of C, and that by which Java calls them. It is installed beside the jars and nowhere unpacked. */
public final class NativeLibrary {
    private NativeLibrary() {}

    /**
     * Makes sure that it can be called.
     *
     * @throws IOException if it is not there; the message is one line that says what to do
     */
    public static void require() throws IOException {
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
