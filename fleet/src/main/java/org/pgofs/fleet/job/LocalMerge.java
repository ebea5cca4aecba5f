package org.pgofs.fleet.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.pgofs.fleet.store.ObjectStore;
import org.pgofs.fleet.store.PieceName;

/** Adds up the pieces of an image in this process: each thread makes a sum of its own. */
public final class LocalMerge implements Merger {
    private final ObjectStore store;
    private final Weights weights;
    private final int threads;

    /**
     * A way to add up.
     *
     * @param store where pieces are
     * @param weights of the pieces
     * @param threads how many work at once, 1 or more
     */
    public LocalMerge(ObjectStore store, Weights weights, int threads) {
        this.store = store;
        this.weights = weights;
        this.threads = threads;
    }

    @Override
    public PartialResult merge(List<PieceName> pieces, IntConsumer progress) throws IOException {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        int workers = Math.max(1, Math.min(threads, pieces.size()));
        ExecutorService executor = Executors.newFixedThreadPool(workers);
        try {
            List<Future<PartialResult>> results = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                results.add(executor.submit(() -> {
                    PieceMerge merge = new PieceMerge(store, weights);
                    for (int at = next.getAndIncrement(); at < pieces.size(); at = next.getAndIncrement()) {
                        merge.add(pieces.get(at));
                        progress.accept(done.incrementAndGet());
                    }
                    return merge.result();
                }));
            }
            PartialResult sum = results.get(0).get();
            for (Future<PartialResult> result : results.subList(1, workers)) {
                sum.add(result.get());
            }
            return sum;
        } catch (ArithmeticException e) {
            throw new IOException("all pieces together have more counters than one profile can have", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException) {
                throw new IOException(e.getCause().getMessage(), e);
            }
            if (e.getCause() instanceof OutOfMemoryError) {
                throw new IOException("there is not enough memory for this image: use a machine with more", e);
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            executor.shutdownNow();
        }
    }
}
