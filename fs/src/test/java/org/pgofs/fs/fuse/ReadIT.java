package org.pgofs.fs.fuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pgofs.fs.Directory;
import org.pgofs.fs.PseudoFile;
import org.pgofs.fs.TextFile;

/** Ordinary programs read the files; what they write is what the file system served. */
final class ReadIT {
    /** Neither a multiple of a page nor of a read. */
    private static final int SIZE = 3 * 128 * 1024 + 4099;

    @TempDir
    private Path directory;

    private Mounted mounted;
    private final BytesFile content = BytesFile.pattern(SIZE);
    private final BytesFile small = BytesFile.pattern(4099);

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        Directory root = Directory.fixed()
                .add("data", new PseudoFile(0444, content))
                .add("small", new PseudoFile(0444, small))
                .add("empty", new PseudoFile(0444, BytesFile.pattern(0)))
                .add("reset", new PseudoFile(0200, BytesFile.pattern(0)))
                .add("dir", Directory.fixed().add("text", new PseudoFile(0444, new TextFile(() -> "text\n"))))
                .addHidden("hidden", new PseudoFile(0444, content));
        mounted = Mounted.at(directory, root, "");
    }

    @AfterEach
    void unmount() {
        mounted.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cat $M/data > $O/data",
                "dd if=$M/data of=$O/data bs=1000",
                "dd if=$M/data of=$O/data bs=1M iflag=fullblock",
                "cp $M/data $O/data",
                "cp -a $M/data $O/data",
                "tar -C $M -cf - data | tar -C $O -xf - && exit ${PIPESTATUS[0]}",
                "rsync -a $M/data $O/data",
                "python3 -c 'import shutil, sys; shutil.copy2(sys.argv[1], sys.argv[2])' $M/data $O/data",
                "gzip -c $M/data | gunzip > $O/data",
                "head -c 100000 $M/data > $O/data; tail -c +100001 $M/data >> $O/data",
                "tail -c " + SIZE + " $M/data > $O/data",
                "split -n 2 $M/data $O/part && cat $O/part* > $O/data",
                "cat $M/hidden > $O/data",
            })
    void shouldGiveEveryProgramTheSameBytes(String script) throws IOException, InterruptedException {
        mounted.sh(script).ok();
        assertArrayEquals(bytes(content), Files.readAllBytes(mounted.out().resolve("data")));
    }

    @Test
    void shouldServeSingleBytes() throws IOException, InterruptedException {
        mounted.sh("dd if=$M/small of=$O/small bs=1").ok();
        assertArrayEquals(bytes(small), Files.readAllBytes(mounted.out().resolve("small")));
    }

    /** More would be woken in turns, and each would find its processor's cache cold. */
    @Test
    void shouldServeOneReaderByTheThreadsThatThereAre() throws IOException, InterruptedException {
        long before = loopThreads();
        mounted.sh("dd if=$M/small of=$O/small bs=1").ok();
        assertEquals(before, loopThreads());
    }

    private static long loopThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("fuse-"))
                .count();
    }

    @Test
    void shouldHashTheSameBytesTwice() throws IOException, InterruptedException {
        mounted.sh("cat $M/data > $O/data; [ $(sha256sum < $M/data | cut -c-64) = $(sha256sum < $O/data | cut -c-64) ]")
                .ok();
    }

    @Test
    void shouldServeAPrivateMapping() throws IOException, InterruptedException {
        mounted.sh("python3 -c 'import mmap, sys; f = open(sys.argv[1], \"rb\");"
                        + " sys.stdout.buffer.write(mmap.mmap(f.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ))'"
                        + " $M/data > $O/data")
                .ok();
        assertArrayEquals(bytes(content), Files.readAllBytes(mounted.out().resolve("data")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cp -a $M $O/copy",
                "mkdir $O/copy; rsync -a $M/ $O/copy",
                "tar -C $M -cf $O/t . && mkdir $O/copy && tar -C $O/copy -xf $O/t"
            })
    void shouldCopyTheWholeTreeWithoutHiddenFiles(String script) throws IOException, InterruptedException {
        mounted.sh(script).ok();
        assertEquals(
                ".:\ndata\ndir\nempty\nreset\nsmall\n\n./dir:\ntext",
                mounted.sh("cd $O/copy && LC_ALL=C ls -R .").ok());
        mounted.sh("cmp $M/data $O/copy/data && cmp $M/dir/text $O/copy/dir/text")
                .ok();
    }

    @Test
    void shouldTellRealSizesAndBlocks() throws IOException, InterruptedException {
        assertEquals(
                SIZE + " " + (SIZE + 511) / 512,
                mounted.sh("stat -c '%s %b' $M/data").ok());
        assertEquals("0 0", mounted.sh("stat -c '%s %b' $M/empty").ok());
    }

    @Test
    void shouldFindTheEndByTheHandle() throws IOException, InterruptedException {
        assertEquals(
                String.valueOf(SIZE),
                mounted.sh("python3 -c 'import os, sys; print(os.lseek(os.open(sys.argv[1], 0), 0, 2))' $M/data")
                        .ok());
    }

    @Test
    void shouldServeManyReadersAtOnce() throws IOException, InterruptedException {
        mounted.sh("for i in $(seq 8); do cat $M/data > $O/$i & done; wait; cat $M/data > $O/data;"
                        + " for i in $(seq 8); do cmp $O/data $O/$i || exit 1; done")
                .ok();
    }

    private static byte[] bytes(BytesFile file) {
        byte[] bytes = new byte[file.bytes().capacity()];
        file.bytes().get(0, bytes);
        return bytes;
    }
}
