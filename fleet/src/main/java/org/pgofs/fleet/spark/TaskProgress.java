package org.pgofs.fleet.spark;

import java.util.BitSet;
import java.util.function.IntConsumer;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** How many pieces were read, by the tasks that have ended. A task that runs again is counted once. */
final class TaskProgress extends SparkListener {
    private static final String READS_PIECES = "ShuffleMapTask";

    private final BitSet ended = new BitSet();
    private final int tasks;
    private final int pieces;
    private final IntConsumer progress;

    TaskProgress(int tasks, int pieces, IntConsumer progress) {
        this.tasks = tasks;
        this.pieces = pieces;
        this.progress = progress;
    }

    /** Spark calls it by one thread. */
    @Override
    public void onTaskEnd(SparkListenerTaskEnd task) {
        if (task.taskType().equals(READS_PIECES) && task.taskInfo().successful()) {
            ended.set(task.taskInfo().partitionId());
            progress.accept((int) ((long) pieces * ended.cardinality() / tasks));
        }
    }
}
