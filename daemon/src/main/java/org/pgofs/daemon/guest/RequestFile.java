package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.pgofs.daemon.service.CallerWords;
import org.pgofs.fs.Caller;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.OpenFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file by which a command speaks to the daemon: one write of a request does what it says, and the same open file then
 * reads the answer, {@link #DONE} or a line that says what is wrong. It must be root's alone.
 */
public final class RequestFile implements FileOperations {
    static final String DONE = "done";

    private static final Logger LOG = LoggerFactory.getLogger(RequestFile.class);

    private final Request request;

    /** What is done when something was written. */
    @FunctionalInterface
    public interface Request {
        /**
         * Does what is asked for.
         *
         * @param data what was written
         * @throws IOException if it cannot be done; the message is one line that says why
         */
        void serve(ByteBuffer data) throws IOException;
    }

    /**
     * The operations of a file.
     *
     * @param request what it is for
     */
    public RequestFile(Request request) {
        this.request = request;
    }

    @Override
    public FileView look() {
        return FileView.now(0);
    }

    @Override
    public OpenFile open(FileView view, Caller caller) {
        return new Conversation(caller);
    }

    private final class Conversation implements OpenFile {
        private final Caller caller;
        private ByteBuffer answer = ByteBuffer.allocate(0);

        Conversation(Caller caller) {
            this.caller = caller;
        }

        @Override
        public synchronized void write(long offset, ByteBuffer data) {
            answer = StandardCharsets.UTF_8.encode(answer(data, caller));
        }

        @Override
        public synchronized int read(long offset, ByteBuffer target) {
            // A client reads from where it has written to.
            int count = Math.min(target.remaining(), answer.remaining());
            target.put(answer.slice(answer.position(), count));
            answer.position(answer.position() + count);
            return count;
        }
    }

    private String answer(ByteBuffer data, Caller caller) {
        try {
            request.serve(data);
            LOG.info("this was asked for by {}", CallerWords.of(caller));
            return DONE;
        } catch (IOException | RuntimeException e) {
            LOG.info("refused to {}: {}", CallerWords.of(caller), e.toString());
            return e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString();
        }
    }
}
