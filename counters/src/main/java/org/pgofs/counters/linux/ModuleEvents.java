package org.pgofs.counters.linux;

import java.io.IOException;
import java.util.List;

/** What happens to the modules of a kernel. An event is queued before the command that caused it returns. */
public interface ModuleEvents extends AutoCloseable {
    /** What happened to a module. */
    enum Kind {
        /** It is loaded, and its start has run. */
        LOADED,
        /** It ends; its memory is there for some milliseconds more. */
        UNLOADED,
        /** Events were lost; the name is empty. */
        LOST
    }

    /**
     * An event.
     *
     * @param kind what happened
     * @param module its name
     */
    record Event(Kind kind, String module) {}

    /** All events so far, oldest first. */
    List<Event> drain() throws IOException;

    /** Waits for an event, or for {@link #wake}. */
    void await() throws IOException;

    /** Ends the waiting, or the next one. */
    void wake() throws IOException;

    @Override
    void close();
}
