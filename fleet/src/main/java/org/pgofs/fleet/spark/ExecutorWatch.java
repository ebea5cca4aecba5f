package org.pgofs.fleet.spark;

import java.util.Timer;
import java.util.TimerTask;
import java.util.function.Consumer;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;

/** Says once, after some time, that a cluster has given this work no executor yet: Spark waits for one without an end. */
final class ExecutorWatch extends SparkListener implements AutoCloseable {
    private static final long PATIENCE = 20_000;

    private final Timer timer = new Timer("executors", true);

    ExecutorWatch(MasterUrl master, Consumer<String> notice) {
        if (master.isLocal()) {
            return;
        }
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        notice.accept("the cluster " + master
                                + " has given no executor yet: it may be busy, or have no worker with enough memory and"
                                + " cores; still waiting");
                    }
                },
                PATIENCE);
    }

    @Override
    public void onExecutorAdded(SparkListenerExecutorAdded executor) {
        timer.cancel();
    }

    @Override
    public void close() {
        timer.cancel();
    }
}
