package org.pgofs.fs.open;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Directory;
import org.pgofs.fs.Errno;
import org.pgofs.fs.FsException;
import org.pgofs.fs.Node;
import org.pgofs.fs.PseudoFile;
import org.pgofs.fs.TextFile;

final class InodesTest {
    private final Directory inner = Directory.fixed();
    private final Directory root = Directory.fixed()
            .add("file", new PseudoFile(0444, new TextFile(() -> "text")))
            .add("inner", inner);
    private final Inodes inodes = new Inodes(root);

    private Inode lookUp(String name) throws FsException {
        return inodes.lookUp(inodes.get(Inodes.ROOT), name);
    }

    @Test
    void shouldGiveEachLookUpOfAFileAnInodeOfItsOwn() throws FsException {
        Inode first = lookUp("file");
        Inode second = lookUp("file");
        assertNotEquals(first.id(), second.id());
        assertEquals(first.nodeNumber(), second.nodeNumber());
        assertSame(first, inodes.get(first.id()));
        inodes.forget(first.id(), 1);
        assertThrows(FsException.class, () -> inodes.get(first.id()));
        assertSame(second, inodes.get(second.id()));
    }

    @Test
    void shouldKeepTheInodeOfADirectoryUntilAllLookUpsAreForgotten() throws FsException {
        Inode first = lookUp("inner");
        assertSame(first, lookUp("inner"));
        inodes.forget(first.id(), 1);
        assertSame(first, inodes.get(first.id()));
        inodes.forget(first.id(), 1);
        assertThrows(FsException.class, () -> inodes.get(first.id()));
        assertNotEquals(first.id(), lookUp("inner").id());
    }

    @Test
    void shouldKnowNothingThatIsForgotten() throws FsException {
        for (int i = 0; i < 1000; i++) {
            inodes.forget(lookUp("file").id(), 1);
            inodes.forget(lookUp("inner").id(), 1);
        }
        assertEquals(1, inodes.size());
        inodes.forget(Inodes.ROOT, 1);
        assertSame(inodes.root(), inodes.get(Inodes.ROOT).node());
    }

    /** The kernel may keep what it knows for ever. */
    @Test
    void shouldNotKeepWhatIsGoneFromTheTree() throws FsException {
        root.add("gone", new PseudoFile(0444, new TextFile(() -> "text")));
        Inode inode = lookUp("gone");
        WeakReference<Node> node = new WeakReference<>(inode.node());
        root.add("gone", Directory.fixed());
        for (int i = 0; i < 1000 && node.get() != null; i++) {
            System.gc();
        }
        assertEquals(
                Errno.ESTALE,
                assertThrows(FsException.class, () -> inode.open(ReaderBounds.of(0), new Caller(0, 1)))
                        .errno());
        inodes.forget(inode.id(), 1);
    }

    @Test
    void shouldFindNothingByOtherNames() {
        assertEquals(
                Errno.ENOENT,
                assertThrows(FsException.class, () -> lookUp("other")).errno());
        assertEquals(
                Errno.ENOTDIR,
                assertThrows(FsException.class, () -> inodes.lookUp(lookUp("file"), "below"))
                        .errno());
    }
}
