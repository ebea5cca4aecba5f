package org.pgofs.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.pgofs.daemon.service.CallerWords;
import org.pgofs.fs.Caller;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that resets at every write, whatever is written. Reading gives nothing, to root too. */
final class ResetFile implements FileOperations {
    private static final Logger LOG = LoggerFactory.getLogger(ResetFile.class);

    private final String subject;
    private final Reset reset;

    /**
     * Does not reset yet.
     *
     * @param subject what is reset, for the log
     * @param reset does it
     */
    ResetFile(String subject, Reset reset) {
        this.subject = subject;
        this.reset = reset;
    }

    /** What is done at a write by whoever has opened the file. */
    interface Reset {
        void run(Caller caller) throws IOException;
    }

    @Override
    public FileView look() {
        return FileView.now(0);
    }

    @Override
    public OpenFile open(FileView view, Caller caller) {
        return new OpenFile() {
            @Override
            public void write(long offset, ByteBuffer data) throws FsException {
                reset(caller);
            }
        };
    }

    private void reset(Caller caller) throws FsException {
        try {
            reset.run(caller);
            LOG.info("reset of {} by {}", subject, CallerWords.of(caller));
        } catch (IOException e) {
            throw new FsException(Profiles.errno(e), "the reset could not be made durable, nothing has changed", e);
        }
    }
}
