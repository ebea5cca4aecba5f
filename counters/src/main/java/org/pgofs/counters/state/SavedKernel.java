package org.pgofs.counters.state;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * What the running kernel has loaded once: vmlinux, or a module.
 *
 * @param name of the module, or that of vmlinux
 * @param digest of its image
 * @param run a number of this boot, or of this loading of the module
 * @param attached false if it was detached, and its counts until then are in the carry
 */
public record SavedKernel(String name, String digest, long run, boolean attached) implements Sampled {
    static final String WORD = "kernel";

    private static final String ATTACHED = "attached";

    static SavedKernel of(String[] field) {
        return new SavedKernel(
                URLDecoder.decode(field[1], StandardCharsets.UTF_8),
                field[2],
                Long.parseLong(field[3]),
                field[4].equals(ATTACHED));
    }

    @Override
    public String fileName() {
        return "loaded-" + digest + "-" + Long.toHexString(run);
    }

    @Override
    public void appendTo(StringBuilder text) {
        SavedImage.line(
                text,
                WORD,
                URLEncoder.encode(name, StandardCharsets.UTF_8),
                digest,
                run,
                attached ? ATTACHED : "detached");
    }
}
