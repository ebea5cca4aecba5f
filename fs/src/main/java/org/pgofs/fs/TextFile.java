package org.pgofs.fs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The operations of a file that shows a text, which is made anew for every question about its size, and for every open
 * file. The kernel asks for the size in each open, too, a moment before: what it was told then is what is opened, so that
 * the size holds even for readers that never ask again.
 */
public final class TextFile implements FileOperations {
    /** Between the question and the opening of one system call. */
    private static final long MOMENT_NS = 1_000_000_000;

    private final Supplier<String> text;
    private final AtomicReference<LookedUp> lookedUp = new AtomicReference<>();

    /** A text whose size somebody was told. */
    private static final class LookedUp {
        private final byte[] content;
        private final long nanos;

        LookedUp(byte[] content, long nanos) {
            this.content = content;
            this.nanos = nanos;
        }

        boolean isFresh() {
            return System.nanoTime() - nanos < MOMENT_NS;
        }
    }

    /**
     * A text file.
     *
     * @param text makes the text, which is encoded in UTF-8; called by several threads at once
     */
    public TextFile(Supplier<String> text) {
        this.text = text;
    }

    @Override
    public FileView look() {
        long asked = System.nanoTime();
        byte[] content = bytes();
        lookedUp.set(new LookedUp(content, asked));
        return FileView.now(content.length);
    }

    @Override
    public OpenFile open(FileView view, Caller caller) {
        LookedUp last = lookedUp.getAndSet(null);
        return new OpenText(last != null && last.isFresh() && last.content.length == view.size() ? last.content : null);
    }

    private byte[] bytes() {
        return text.get().getBytes(StandardCharsets.UTF_8);
    }

    private final class OpenText implements OpenFile {
        private byte[] content;

        /** With a content, or null to make it when it is asked for. */
        OpenText(byte[] content) {
            this.content = content;
        }

        @Override
        public long size() {
            return content().length;
        }

        @Override
        public int read(long offset, ByteBuffer target) {
            byte[] bytes = content();
            int length = (int) Math.min(target.remaining(), bytes.length - Math.min(offset, bytes.length));
            target.put(bytes, (int) Math.min(offset, bytes.length), length);
            return length;
        }

        @Override
        public synchronized long held() {
            return content == null ? 0 : content.length;
        }

        private synchronized byte[] content() {
            if (content == null) {
                content = bytes();
            }
            return content;
        }
    }
}
