package org.pgofs.counters.linux;

import java.util.List;
import java.util.concurrent.Semaphore;

/** For machines whose kernel sends no events of modules: the caller has to check all modules. */
public final class NoModuleEvents implements ModuleEvents {
    private final Semaphore wakeups = new Semaphore(0);

    @Override
    public List<Event> drain() {
        return List.of(new Event(Kind.LOST, ""));
    }

    @Override
    public void await() {
        wakeups.acquireUninterruptibly();
    }

    @Override
    public void wake() {
        wakeups.release();
    }

    @Override
    public void close() {}
}
