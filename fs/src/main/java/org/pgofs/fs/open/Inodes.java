package org.pgofs.fs.open;

import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.pgofs.fs.Directory;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.Node;
import org.pgofs.fs.PseudoFile;

/** What the kernel knows, until it forgets it. Thread-safe. */
public final class Inodes {
    /** The kernel's number of the root directory, which it never forgets. */
    static final long ROOT = 1;

    private final Map<Long, Known> known = new HashMap<>();
    private final Map<Directory, Known> directories = new WeakHashMap<>();
    /** Of what is still in the tree. */
    private final Map<Node, Long> nodeNumbers = new WeakHashMap<>();
    /** What is in the tree stays as long as this is here. */
    private final Directory root;

    private long lastId = ROOT;
    private long lastNodeNumber;

    private static final class Known {
        private final Inode inode;
        private long lookUps;

        Known(Inode inode) {
            this.inode = inode;
        }
    }

    public Inodes(Directory root) {
        this.root = root;
        Known first = new Known(new Inode(ROOT, "/", root, nodeNumber(root), null));
        first.lookUps = 1;
        known.put(ROOT, first);
        directories.put(root, first);
    }

    Directory root() {
        return root;
    }

    /** The inode that the kernel calls by a number. */
    public synchronized Inode get(long id) throws FsException {
        Known found = known.get(id);
        if (found == null) {
            throw new FsException(Errno.ESTALE, "no inode " + id);
        }
        return found.inode;
    }

    /** Looks up a name; the kernel knows the result from then on. */
    public Inode lookUp(Inode parent, String name) throws FsException {
        Node child = parent.directory().child(name);
        if (child == null) {
            throw new FsException(Errno.ENOENT, parent.path(name) + " is not there");
        }
        FileView view = child instanceof PseudoFile file ? file.operations().look() : null;
        return add(parent.path(name), child, view);
    }

    private synchronized Inode add(String path, Node node, FileView view) {
        Known added = node instanceof Directory directory ? directories.get(directory) : null;
        if (added == null) {
            added = new Known(new Inode(++lastId, path, node, nodeNumber(node), view));
            known.put(lastId, added);
            if (node instanceof Directory directory) {
                directories.put(directory, added);
            }
        }
        added.lookUps++;
        return added.inode;
    }

    /** The kernel forgets as many look-ups of an inode. */
    public synchronized void forget(long id, long lookUps) {
        Known found = known.get(id);
        if (found == null) {
            return;
        }
        found.lookUps -= lookUps;
        if (found.lookUps <= 0 && id != ROOT) {
            known.remove(id);
            if (found.inode.nodeIfThere() instanceof Directory directory) {
                directories.remove(directory);
            }
        }
    }

    /** How many the kernel knows. */
    synchronized int size() {
        return known.size();
    }

    private long nodeNumber(Node node) {
        return nodeNumbers.computeIfAbsent(node, key -> ++lastNodeNumber);
    }
}
