package org.pgofs.fleet.spark;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Does something once, when the next task has ended: in the middle of a job. Spark makes it, by its name, and so it must be
 * public.
 */
public final class KillAtTask extends SparkListener {
    private static final AtomicReference<Runnable> NEXT = new AtomicReference<>();

    /** For Spark. */
    public KillAtTask() {}

    static void next(Runnable action) {
        NEXT.set(action);
    }

    static boolean isDone() {
        return NEXT.get() == null;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
        Runnable action = NEXT.getAndSet(null);
        if (action != null) {
            action.run();
        }
    }
}
