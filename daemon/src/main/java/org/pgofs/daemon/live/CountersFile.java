package org.pgofs.daemon.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Freeze;
import org.pgofs.counters.Selection;
import org.pgofs.counters.counts.Snapshot;
import org.pgofs.counters.image.Image;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;

/**
 * The counters of some images, see {@link LiveCounters}, all of one moment: that of the first read. Records, names and
 * values are left out, which are most of a profile: a reader that comes every second has to cost next to nothing.
 */
public final class CountersFile implements FileOperations {
    /** Not listed, in {@code pgo/} and beside each profile. */
    public static final String NAME = ".counters";

    private final CounterStore store;
    private final Selection selection;
    private final ImageNumbers numbers;

    /**
     * A file.
     *
     * @param store whose counters it has
     * @param selection which images
     * @param numbers of the images, the same for all files of a mount
     */
    public CountersFile(CounterStore store, Selection selection, ImageNumbers numbers) {
        this.store = store;
        this.selection = selection;
        this.numbers = numbers;
    }

    private List<Image> images() throws FsException {
        try {
            return selection.among(store::images);
        } catch (IOException e) {
            throw new FsException(Errno.EIO, "cannot find the images", e);
        }
    }

    private static long size(List<Image> images) {
        return images.stream()
                .mapToLong(
                        image -> LiveCounters.headSize(image.name()) + (long) LiveCounters.padded(image.countersSize()))
                .sum();
    }

    @Override
    public FileView look() throws FsException {
        return FileView.now(size(images()));
    }

    @Override
    public OpenFile open(FileView view, Caller caller) throws FsException {
        List<Image> images = images();
        if (size(images) != view.size()) {
            throw new FsException(Errno.ESTALE, "the images have changed since the look-up");
        }
        return new OpenCounters(images, view.size());
    }

    /** Bytes of the file from an offset on. */
    private record Part(long offset, ByteBuffer bytes) {}

    private final class OpenCounters implements OpenFile {
        private final List<Image> images;
        private final long size;
        private final List<Part> parts = new ArrayList<>();
        private Freeze freeze;

        OpenCounters(List<Image> images, long size) {
            this.images = images;
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public int read(long offset, ByteBuffer target) throws FsException {
            start();
            int begin = target.position();
            long end = Math.min(size, offset + target.remaining());
            for (Part part : parts) {
                int from = (int) Math.max(0, offset - part.offset());
                int to = (int) Math.min(part.bytes().limit(), end - part.offset());
                if (from < to) {
                    int at = begin + (int) (part.offset() + from - offset);
                    zeros(target, at);
                    target.put(part.bytes().slice(from, to - from));
                }
            }
            zeros(target, begin + (int) Math.max(0, end - offset));
            return target.position() - begin;
        }

        /** Up to a position. */
        private static void zeros(ByteBuffer target, int position) {
            while (target.position() < position) {
                target.put((byte) 0);
            }
        }

        private synchronized void start() throws FsException {
            if (freeze != null) {
                return;
            }
            Freeze begun = null;
            try {
                begun = store.startFreezeOfCounters(Selection.remaining(images));
                begun.await();
            } catch (IOException e) {
                if (begun != null) {
                    begun.close();
                }
                throw new FsException(Errno.EIO, "cannot freeze counters", e);
            }
            freeze = begun;
            Map<Image, Integer> running = store.running(images);
            Map<Image, Snapshot> there = new HashMap<>();
            freeze.snapshots().forEach(snapshot -> there.put(snapshot.image(), snapshot));
            long offset = 0;
            for (Image image : images) {
                ByteBuffer head = LiveCounters.head(
                        image.name(), running.getOrDefault(image, 0), numbers.of(image), image.countersSize());
                parts.add(new Part(offset, head));
                offset += head.limit();
                if (there.containsKey(image)) {
                    parts.add(new Part(offset, there.get(image).counters()));
                }
                offset += LiveCounters.padded(image.countersSize());
            }
        }

        @Override
        public synchronized long held() {
            return freeze == null
                    ? 0
                    : freeze.snapshots().stream().mapToLong(Snapshot::memory).sum();
        }

        @Override
        public synchronized void close() {
            if (freeze != null) {
                freeze.close();
            }
        }
    }
}
