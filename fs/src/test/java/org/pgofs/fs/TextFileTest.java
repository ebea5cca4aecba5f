package org.pgofs.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class TextFileTest {
    private static final Caller CALLER = new Caller(0, 1);

    private final AtomicReference<String> text = new AtomicReference<>("one\n");
    private final TextFile file = new TextFile(text::get);

    @Test
    void shouldSettleTheTextWhenFirstAsked() throws FsException {
        OpenFile sized = file.open(FileView.now(0), CALLER);
        OpenFile unasked = file.open(FileView.now(0), CALLER);
        assertEquals(4, sized.size());
        text.set("three\n");
        assertEquals("one\n", read(sized, 0, 100));
        assertEquals(4, sized.size());
        assertEquals("three\n", read(unasked, 0, 100));
        assertEquals(6, file.look().size());
    }

    /** As the kernel does in one system call: a reader that never asks for the size itself relies on it. */
    @Test
    void shouldOpenWhatItHasJustToldTheSizeOf() throws FsException {
        FileView view = file.look();
        text.set("three\n");
        assertEquals("one\n", read(file.open(view, CALLER), 0, 100));
        assertEquals("three\n", read(file.open(view, CALLER), 0, 100));
    }

    @Test
    void shouldMakeTheTextOnceForTheSizeAndTheOpening() throws FsException {
        AtomicInteger made = new AtomicInteger();
        TextFile counting = new TextFile(() -> "text " + made.incrementAndGet());
        OpenFile open = counting.open(counting.look(), CALLER);
        assertEquals(6, open.size());
        assertEquals("text 1", read(open, 0, 100));
        assertEquals(1, made.get());
    }

    @Test
    void shouldReadAnyRange() throws FsException {
        OpenFile open = file.open(FileView.now(0), CALLER);
        assertEquals("ne", read(open, 1, 2));
        assertEquals("\n", read(open, 3, 2));
        assertEquals("", read(open, 4, 2));
        assertEquals("", read(open, 1L << 40, 2));
    }

    @Test
    void shouldCountBytes() {
        text.set("\u00fc");
        assertEquals(2, file.look().size());
    }

    private static String read(OpenFile open, long offset, int size) throws FsException {
        ByteBuffer target = ByteBuffer.allocateDirect(size);
        int count = open.read(offset, target);
        assertEquals(count, target.position());
        return StandardCharsets.UTF_8.decode(target.flip()).toString();
    }
}
