package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pgofs.fs.Caller;
import org.pgofs.fs.Directory;
import org.pgofs.fs.FileOperations;
import org.pgofs.fs.FileView;
import org.pgofs.fs.FsException;
import org.pgofs.fs.OpenFile;
import org.pgofs.fs.PseudoFile;
import org.pgofs.fs.TextFile;

/** Content and size belong to the open file. */
final class HandleIT {
    private static final String STAT =
            "print(subprocess.run([\"stat\", \"-c%s\", f], capture_output=True, text=True).stdout.strip())";

    @TempDir
    private Path directory;

    private Mounted mounted;
    private final AtomicInteger opened = new AtomicInteger();

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        Directory root = Directory.fixed()
                .add("grows", new PseudoFile(0444, new Numbered(5, number -> number * 1000)))
                .add("large", new PseudoFile(0444, new Numbered(5, number -> number * 20000)))
                .add("changes", new PseudoFile(0444, new Numbered(1000, number -> 1000)));
        mounted = Mounted.at(directory, root, "");
    }

    @AfterEach
    void unmount() {
        mounted.close();
    }

    @Test
    void shouldKeepTheBytesOfEachOpenFile() throws IOException, InterruptedException {
        assertEquals(
                "2222 2000\n1111 1000",
                mounted.sh("exec 3< $M/grows 4< $M/grows; for n in 4 3; do cat <&$n > $O/$n;"
                                + " echo $(head -c 4 $O/$n) $(wc -c < $O/$n); done")
                        .ok());
    }

    @Test
    void shouldNotMixTheBytesOfOpenFilesOfOneSize() throws IOException, InterruptedException {
        assertEquals(
                "2222\n1111",
                mounted.sh(
                                "exec 3< $M/changes 4< $M/changes; for n in 4 3; do cat <&$n > $O/$n; head -c 4 $O/$n; echo; done")
                        .ok());
    }

    @Test
    void shouldFindTheEndOfAnInheritedDescriptor() throws IOException, InterruptedException {
        assertEquals(
                "1000",
                mounted.sh("exec 3< $M/grows; (python3 -c 'import os; print(os.lseek(3, 0, 2))')")
                        .ok());
    }

    @Test
    void shouldTellTheOpenerTheSizeOfItsOpenFile() throws IOException, InterruptedException {
        assertEquals(
                "1000 1000 1000",
                mounted.sh(python("a = os.open(f, 0); s = os.fstat(a).st_size; n = len(os.read(a, 9999));"
                                + " subprocess.run([\"cat\", f], stdout=subprocess.DEVNULL);"
                                + " print(s, n, os.fstat(a).st_size)"))
                        .ok());
    }

    @Test
    void shouldTellTheSizeOfTheLatestToAnOpenerOfSeveral() throws IOException, InterruptedException {
        assertEquals(
                "2000",
                mounted.sh(python("a = os.open(f, 0); b = os.open(f, 0); print(os.fstat(b).st_size)"))
                        .ok());
    }

    @Test
    void shouldTellOthersTheSizeOfTheFile() throws IOException, InterruptedException {
        assertEquals("5", mounted.sh(python("a = os.open(f, 0); " + STAT)).ok());
    }

    @Test
    void shouldTellWhoeverHasItTheSizeOfAnOpenFile() throws IOException, InterruptedException {
        assertEquals(
                "1000",
                mounted.sh("exec 3< $M/grows; python3 -c 'import os; print(os.fstat(3).st_size)'")
                        .ok());
        assertEquals(
                "2000 2000",
                mounted.sh("python3 -c 'import os, sys, threading; f = sys.argv[1]; a = [];"
                                + " t = threading.Thread(target=lambda: a.append(os.open(f, 0))); t.start(); t.join();"
                                + " print(os.fstat(a[0]).st_size, len(os.read(a[0], 9999)))' $M/grows")
                        .ok());
    }

    /** The kernel keeps pages of what is read by sendfile: for one look-up of a file, not for all. */
    @Test
    void shouldKeepTheBytesOfEachOpenFileBySendfile() throws IOException, InterruptedException {
        assertEquals(
                "1111 2222",
                mounted.sh("python3 -c 'import os, sys; f = sys.argv[1]; a = os.open(f, 0); b = os.open(f, 0);"
                                + " o = os.open(sys.argv[2], os.O_RDWR | os.O_CREAT); os.sendfile(o, a, 0, 4);"
                                + " os.sendfile(o, b, 0, 4); t = os.pread(o, 8, 0).decode(); print(t[:4], t[4:])'"
                                + " $M/changes $O/sent")
                        .ok());
    }

    @Test
    void shouldTellAnInodeNumberThatStays() throws IOException, InterruptedException {
        assertEquals(
                "True 3",
                mounted.sh(python("a = os.open(f, 0); b = os.open(f, 0);"
                                + " i = {os.stat(f).st_ino, os.fstat(a).st_ino, os.fstat(b).st_ino};"
                                + " d = os.path.dirname(f);"
                                + " print(len(i) == 1, len({os.stat(d + n).st_ino for n in"
                                + " (\"/grows\", \"/large\", \"/changes\")}))"))
                        .ok());
    }

    /** Where a single file is bind-mounted, it is opened again and again without a look-up. */
    @Test
    void shouldLookAgainWhereAFileIsOpenedWithoutALookUp() throws IOException, InterruptedException {
        assertEquals(
                "1111 2222 5",
                mounted.sh("touch $O/bound; mount --bind $M/changes $O/bound; trap \"umount $O/bound\" EXIT;"
                                + " echo $(head -c 4 $O/bound) $(head -c 4 $O/bound) $(stat -c %s $M/grows)")
                        .ok());
    }

    @Test
    void shouldLeaveAMappedFileWhole() throws IOException, InterruptedException {
        assertEquals(
                "5 20000",
                mounted.sh("python3 -c 'import mmap, os, subprocess, sys; f = sys.argv[1]; s = os.stat(f).st_size;"
                                + " m = mmap.mmap(os.open(f, 0), 0, mmap.MAP_PRIVATE, mmap.PROT_READ);"
                                + " subprocess.run([\"stat\", f], stdout=subprocess.DEVNULL);"
                                + " print(s, m[:].count(b\"1\"))' $M/large")
                        .ok());
    }

    @Test
    void shouldKeepTheTimeOfAnOpenFile() throws IOException, InterruptedException {
        assertEquals(
                "True",
                mounted.sh(python("a = os.open(f, 0); t = os.fstat(a).st_mtime_ns; os.read(a, 1);"
                                + " print(os.fstat(a).st_mtime_ns == t == os.fstat(a).st_ctime_ns)"))
                        .ok());
    }

    private static String python(String script) {
        return "python3 -c 'import os, subprocess, sys; f = sys.argv[1]; " + script + "' $M/grows";
    }

    /** The n-th open file is a repetition of the digit n. */
    private final class Numbered implements FileOperations {
        private final int sizeForOthers;
        private final IntUnaryOperator sizeOfNth;

        Numbered(int sizeForOthers, IntUnaryOperator sizeOfNth) {
            this.sizeForOthers = sizeForOthers;
            this.sizeOfNth = sizeOfNth;
        }

        @Override
        public FileView look() {
            return FileView.now(sizeForOthers);
        }

        @Override
        public OpenFile open(FileView view, Caller caller) throws FsException {
            int number = opened.incrementAndGet();
            String content = String.valueOf(number).repeat(sizeOfNth.applyAsInt(number));
            return new TextFile(() -> content).open(FileView.now(content.length()), caller);
        }
    }
}
