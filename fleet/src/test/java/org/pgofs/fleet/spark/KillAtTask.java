package org.pgofs.fleet.spark;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Does something to the executor whose task ends next, in the middle of a job: what the task made is needed and lost. Spark
 * makes it, by its name, and so it must be public.
 */
public final class KillAtTask extends SparkListener {
    private static final AtomicReference<Consumer<String>> NEXT = new AtomicReference<>();

    /** For Spark. */
    public KillAtTask() {}

    static void next(Consumer<String> action) {
        NEXT.set(action);
    }

    static boolean isDone() {
        return NEXT.get() == null;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
        Consumer<String> action = NEXT.getAndSet(null);
        if (action != null) {
            action.accept(task.taskInfo().executorId());
        }
    }
}
