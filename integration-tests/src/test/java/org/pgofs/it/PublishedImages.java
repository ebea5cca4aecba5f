package org.pgofs.it;

import java.io.BufferedReader;
import java.io.IOException;

/** A process that has published images, each with 4 KiB of counters, and runs until it is closed. */
final class PublishedImages implements AutoCloseable {
    private final Process process;
    private final int count;

    private PublishedImages(Process process, int count) {
        this.process = process;
        this.count = count;
    }

    int count() {
        return count;
    }

    static PublishedImages start(PgofsMount mount, int images) throws IOException {
        Process process = mount.shell()
                .command(
                        "python3",
                        Checkout.SOURCES.resolve("python/publish.py").toString(),
                        mount.segments().toString(),
                        Integer.toString(images))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        if (!"ready".equals(line)) {
            throw new IOException("not published: " + line);
        }
        return new PublishedImages(process, images);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.onExit().join();
    }
}
