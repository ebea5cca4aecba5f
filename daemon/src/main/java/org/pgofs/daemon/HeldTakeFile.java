package org.pgofs.daemon;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pgofs.counters.CounterStore;
import org.pgofs.counters.Selection;
import org.pgofs.counters.image.Image;
import org.pgofs.daemon.json.RecordJson;
import org.pgofs.daemon.status.LastResets;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;

/**
 * The take of one image in two steps, for whoever must not lose it: what is read is taken only when the reader writes
 * {@code commit KEEPER} into the same open file, after it has put what it read into a safe place. The keeper is 32
 * hexadecimal digits that are the reader's own; the status says the number of its last take. Closing without that takes
 * nothing.
 *
 * <pre>
 *      +-----------------------------------------+------------------------------------+
 *      | {@link HeldTake} as JSON, then spaces   | the raw profile, as take has it    |
 *      +-----------------------------------------+------------------------------------+
 *      0                                         4096
 * </pre>
 */
final class HeldTakeFile implements FileOperations {
    /** Its name in the directory of an image. Not listed. */
    static final String NAME = ".held-take";

    /** Names of files have 255 bytes at most, and build ids as many as the kernel reads. */
    static final int HEADER = 4096;

    private static final Pattern COMMIT = Pattern.compile("commit ([0-9a-f]{32})\n?");

    private final CounterStore store;
    private final Profiles profiles;
    private final String scope;
    private final Selection selection;
    private final LastResets lastResets;

    HeldTakeFile(CounterStore store, Profiles profiles, Image image, LastResets lastResets) {
        this.store = store;
        this.profiles = profiles;
        this.scope = image.name();
        this.lastResets = lastResets;
        this.selection = Selection.only(image).where(Profiles::canWrite);
    }

    @Override
    public FileView look() throws FsException {
        return FileView.now(HEADER + profiles.shape(store, selection).size());
    }

    @Override
    public OpenFile open(FileView view, Caller caller) throws FsException {
        TakenProfile.requireNone(store);
        ProfileShape shape = profiles.shape(store, selection).withSize(view.size() - HEADER);
        if (shape.images().isEmpty()) {
            throw new FsException(Errno.ENOENT, "the image has nothing to take");
        }
        return new OpenHeldTake(new TakenProfile(store, profiles, scope, lastResets, shape, caller));
    }

    private static final class OpenHeldTake implements OpenFile {
        private final TakenProfile profile;
        private final Coverage delivered = new Coverage();
        private ByteBuffer header;

        OpenHeldTake(TakenProfile profile) {
            this.profile = profile;
        }

        @Override
        public long size() {
            return HEADER + profile.size();
        }

        @Override
        public synchronized int read(long offset, ByteBuffer target) throws FsException {
            int position = target.position();
            if (offset < HEADER) {
                int count = (int) Math.min(target.remaining(), HEADER - offset);
                target.put(header().slice((int) offset, count));
            }
            long at = offset + target.position() - position;
            if (target.hasRemaining()) {
                profile.bytes().read(at - HEADER, target);
            }
            int count = target.position() - position;
            delivered.add(offset, offset + count);
            return count;
        }

        private ByteBuffer header() throws FsException {
            if (header == null) {
                String text = RecordJson.of(
                        HeldTake.of(profile.take(), profile.bytes().size()));
                byte[] json = text.getBytes(StandardCharsets.UTF_8);
                if (json.length > HEADER) {
                    throw new FsException(Errno.EIO, "the image is described by more than " + HEADER + " bytes");
                }
                byte[] padded = Arrays.copyOf(json, HEADER);
                Arrays.fill(padded, json.length, HEADER, (byte) ' ');
                header = ByteBuffer.wrap(padded);
            }
            return header;
        }

        @Override
        public synchronized void write(long offset, ByteBuffer data) throws FsException {
            var commit = COMMIT.matcher(StandardCharsets.US_ASCII.decode(data.duplicate()));
            if (!commit.matches()) {
                throw new FsException(Errno.EINVAL, "write commit and 32 hexadecimal digits of your own");
            }
            if (profile.isCommitted() || header == null || !delivered.isComplete(size())) {
                throw new FsException(Errno.EINVAL, "a take is committed once, when all of it was read");
            }
            profile.commit(Optional.of(commit.group(1)));
        }

        @Override
        public synchronized void close() {
            profile.close();
        }
    }
}
