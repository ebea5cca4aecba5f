package org.pgofs.fs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** The operations of a file that shows a text, made anew for every open file when its content is first asked for. */
public final class TextFile implements FileOperations {
    private final Supplier<String> text;

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
        return FileView.now(bytes().length);
    }

    @Override
    public OpenFile open(FileView view) {
        return new OpenText();
    }

    private byte[] bytes() {
        return text.get().getBytes(StandardCharsets.UTF_8);
    }

    private final class OpenText implements OpenFile {
        private byte[] content;

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

        private synchronized byte[] content() {
            if (content == null) {
                content = bytes();
            }
            return content;
        }
    }
}
