package org.pgofs.counters;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.pgofs.counters.counts.ImageCounters;
import org.pgofs.counters.state.Sampled;
import org.pgofs.counters.state.SampledSource;

/** All kinds of counters in memory that is only read, as one. Guarded by the store's lock. */
final class SampledSources implements SampledSource {
    private final List<SampledSource> sources;

    /** In the order of their lines in the manifest. */
    SampledSources(SampledSource... sources) {
        this.sources = List.of(sources);
    }

    @Override
    public void restore() throws IOException {
        for (SampledSource source : sources) {
            source.restore();
        }
    }

    @Override
    public void catchUp() throws IOException {
        for (SampledSource source : sources) {
            source.catchUp();
        }
    }

    @Override
    public int work() throws IOException {
        int soonestMs = -1;
        for (SampledSource source : sources) {
            int delayMs = source.work();
            soonestMs = soonestMs == -1 || (delayMs != -1 && delayMs < soonestMs) ? delayMs : soonestMs;
        }
        return soonestMs;
    }

    @Override
    public void look(Collection<ImageCounters> images) throws IOException {
        for (SampledSource source : sources) {
            source.look(images);
        }
    }

    @Override
    public void prepareReset() {
        sources.forEach(SampledSource::prepareReset);
    }

    @Override
    public void saveSamples(Collection<ImageCounters> images) throws IOException {
        for (SampledSource source : sources) {
            source.saveSamples(images);
        }
    }

    @Override
    public List<Sampled> saved() {
        List<Sampled> saved = new ArrayList<>();
        sources.forEach(source -> saved.addAll(source.saved()));
        return saved;
    }

    @Override
    public void close() {
        sources.forEach(SampledSource::close);
    }
}
