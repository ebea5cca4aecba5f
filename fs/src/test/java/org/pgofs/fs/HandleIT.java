package org.pgofs.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Content and size belong to the open file. */
final class HandleIT {
    @TempDir
    private Path directory;

    private Mounted mounted;
    private final AtomicInteger opened = new AtomicInteger();

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        Directory root = Directory.fixed().add("grows", new PseudoFile(0444, new Growing()));
        mounted = Mounted.at(directory, root, "");
    }

    @AfterEach
    void unmount() {
        mounted.close();
    }

    @Test
    void shouldKeepTheBytesOfEachOpenFile() throws IOException, InterruptedException {
        assertEquals(
                "1000\n2000",
                mounted.sh("exec 3< $M/grows 4< $M/grows; cat <&4 > $O/second; cat <&3 | wc -c; wc -c < $O/second")
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
        assertEquals(
                "5",
                mounted.sh(python("a = os.open(f, 0); print(os.fstat(a).st_size == 1000 and"
                                + " subprocess.run([\"stat\", \"-c%s\", f], capture_output=True, text=True)"
                                + ".stdout.strip())"))
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

    /** The n-th open file has 1000 n bytes; without one the size is 5. */
    private final class Growing implements FileOperations {
        @Override
        public long size() {
            return 5;
        }

        @Override
        public OpenFile open() {
            return BytesFile.pattern(opened.incrementAndGet() * 1000).open();
        }
    }
}
