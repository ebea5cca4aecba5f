package org.pgofs.fleet.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.pgofs.fleet.job.Merger;
import org.pgofs.fleet.job.PartialResult;
import org.pgofs.fleet.job.PieceMerge;
import org.pgofs.fleet.job.Weights;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceName;
import org.pgofs.fleet.store.Stores;
import scala.Tuple2;

/**
 * Adds up pieces on Spark. Each task reads some of the pieces and makes one sum. The sums are split by ranges of functions, and
 * executors add up a range each, so that an image of a million functions is no work for one of them alone. This process gets
 * the ranges one after the other: it has one sum and one range at a time. Spark runs the tasks of lost executors again; what
 * such a task did before is not in the result.
 */
public final class SparkMerge implements Merger {
    /** Tasks for each core: a slow one keeps the others waiting for a part of the whole time only. */
    private static final int TASKS = 3;

    /** Each range is a step of its own for this process, and a part of its memory. */
    private static final int LEAST_RANGES = 8;

    private static final int MOST_RANGES = 64;

    private final JavaSparkContext spark;
    private final ExecutorWatch executors;
    private final String store;
    private final Weights weights;

    /**
     * Starts Spark, or joins a cluster.
     *
     * @param master where it runs, as Spark names it: {@code local[*]}, {@code spark://HOST:PORT}, {@code yarn},
     *     {@code k8s://HOST:PORT}; null for that of {@code spark-submit}
     * @param settings of Spark, by names that begin with {@code spark.}
     * @param store where the pieces are, by a name that means the same on all executors
     * @param weights of the pieces
     * @param notice is told what somebody who waits wants to know, by any thread
     * @throws IOException if there is no such master, or it does not answer; the message says so
     */
    public SparkMerge(
            String master, Map<String, String> settings, String store, Weights weights, Consumer<String> notice)
            throws IOException {
        SparkConf conf = SparkSettings.of(master, settings);
        MasterUrl url = new MasterUrl(conf.get(SparkSettings.MASTER));
        url.check();
        try {
            spark = new JavaSparkContext(conf);
        } catch (Exception e) { // among them SparkException, of which the compiler knows nothing
            throw new IOException("Spark does not start with the master " + url + ": " + Failure.words(e), e);
        }
        executors = new ExecutorWatch(url, notice);
        spark.sc().addSparkListener(executors);
        this.store = store;
        this.weights = weights;
    }

    @Override
    public PartialResult merge(List<PieceName> pieces, IntConsumer progress) throws IOException {
        String from = store;
        Weights byLabel = weights;
        List<String> paths = pieces.stream().map(PieceName::path).toList();
        int cores = spark.defaultParallelism();
        int tasks = Math.max(1, Math.min(paths.size(), TASKS * cores));
        int ranges = Math.max(LEAST_RANGES, Math.min(cores, MOST_RANGES));
        TaskProgress listener = new TaskProgress(tasks, paths.size(), progress);
        spark.sc().addSparkListener(listener);
        JavaPairRDD<Integer, PartialResult> results = spark.parallelize(new ArrayList<>(paths), tasks)
                .mapPartitions(some -> List.of(sum(from, byLabel, some)).iterator())
                .flatMapToPair(sum -> ranges(sum, ranges))
                // A task has each range once: there is nothing to add up before they are sent.
                .combineByKey(
                        range -> range,
                        PartialResult::add,
                        PartialResult::add,
                        new HashPartitioner(ranges),
                        false,
                        null)
                .persist(StorageLevel.MEMORY_AND_DISK_SER());
        try {
            results.count(); // all ranges at once, where they are
            PartialResult all = new PartialResult();
            results.toLocalIterator().forEachRemaining(range -> all.add(range._2()));
            results.unpersist(false);
            return all;
        } catch (Exception e) { // among them SparkException, of which the compiler knows nothing
            throw new IOException("Spark gave up: " + Failure.words(e), e);
        } finally {
            spark.sc().removeSparkListener(listener);
        }
    }

    /** In an executor. */
    private static PartialResult sum(String from, Weights weights, Iterator<String> paths) {
        try (ObjectStore store = Stores.open(from)) {
            if (store.list(PieceName.ROOT).isEmpty()) { // otherwise each piece would be left out as missing
                throw new IOException("an executor has no pieces in " + from
                        + ": the store must be there by this name on all machines of the cluster");
            }
            PieceMerge merge = new PieceMerge(store, weights);
            while (paths.hasNext()) {
                merge.add(PieceName.parse(paths.next()));
            }
            return merge.result();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One is made when the one before was sent. */
    private static Iterator<Tuple2<Integer, PartialResult>> ranges(PartialResult sum, int count) {
        return IntStream.range(0, count)
                .mapToObj(range -> new Tuple2<>(range, sum.part(range, count)))
                .iterator();
    }

    @Override
    public void close() {
        executors.close();
        spark.close();
    }
}
