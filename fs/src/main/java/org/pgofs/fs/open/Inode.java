package org.pgofs.fs.open;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Directory;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.Node;
import org.pgofs.fs.PseudoFile;

/**
 * What the kernel knows by a number: a directory, or what one look-up of a file found. Each look-up of a file makes
 * another, since the kernel keeps one size and one set of cached pages for each: {@code sendfile} and mappings use them
 * even for a file that is opened with direct_io. So the programs that have a file open do not see each other's.
 *
 * <p>All who open one inode (by {@code /proc/self/fd}, or where a single file is bind-mounted) find the same view, as
 * long as one has it open. The kernel may keep an inode for ever, which must not keep the node: it is in the tree, or it
 * is gone. Thread-safe.
 */
public final class Inode {
    private final long id;
    private final String path;
    private final WeakReference<Node> node;
    private final long nodeNumber;
    private final List<Handle> handles = new ArrayList<>();
    private FileView view;
    private boolean attributesAsked;
    private boolean opened;

    /**
     * An inode.
     *
     * @param id by which the kernel knows it
     * @param path for the log
     * @param nodeNumber which {@code stat} shows; that of the node, however often it is looked up
     * @param view of a file; null for a directory
     */
    Inode(long id, String path, Node node, long nodeNumber, FileView view) {
        this.id = id;
        this.path = path;
        this.node = new WeakReference<>(node);
        this.nodeNumber = nodeNumber;
        this.view = view;
    }

    public long id() {
        return id;
    }

    /** The node; null if it is gone. */
    Node nodeIfThere() {
        return node.get();
    }

    public Node node() throws FsException {
        Node found = node.get();
        if (found == null) {
            throw new FsException(Errno.ESTALE, path + " is gone");
        }
        return found;
    }

    public long nodeNumber() {
        return nodeNumber;
    }

    @Override
    public String toString() {
        return path;
    }

    /** The path of a child. */
    String path(String name) {
        return path.endsWith("/") ? path + name : path + "/" + name;
    }

    public Directory directory() throws FsException {
        if (node() instanceof Directory directory) {
            return directory;
        }
        throw new FsException(Errno.ENOTDIR, path + " is not a directory");
    }

    private FileOperations operations() throws FsException {
        if (node() instanceof PseudoFile file) {
            return file.operations();
        }
        throw new FsException(Errno.EISDIR, path + " is a directory");
    }

    /**
     * Opens it.
     *
     * @param caller who opens it
     */
    public synchronized Handle open(ReaderBounds bounds, Caller caller) throws FsException {
        FileOperations operations = operations();
        if (handles.isEmpty() && opened) {
            view = operations.look();
        }
        // Also if it fails: whoever comes again without a look-up wants another view.
        opened = true;
        FileView found = view;
        Handle handle = new Handle(this, BoundedFile.open(bounds, caller.user(), () -> operations.open(found, caller)));
        handles.add(handle);
        return handle;
    }

    public synchronized void closed(Handle handle) {
        handles.remove(handle);
    }

    /** What a stat tells of a file, by whatever way it reaches it: as long as it is open, what its readers find in it. */
    public FileView view() throws FsException {
        List<Handle> open;
        FileView now;
        synchronized (this) {
            if (handles.isEmpty() && attributesAsked) {
                view = operations().look();
            }
            // The look-up that made it is followed by a question.
            attributesAsked = true;
            open = List.copyOf(handles);
            now = view;
        }
        long size = open.isEmpty() ? now.size() : 0;
        for (Handle handle : open) {
            size = Math.max(size, handle.file().size());
        }
        return new FileView(size, now.modified());
    }

    /** What the look-up found. */
    public synchronized FileView found() {
        return view;
    }
}
