package org.pgofs.counters.state;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.pgofs.counters.image.GuestLayout;

/**
 * A virtual machine.
 *
 * @param name under which it was attached
 * @param digest of its kernel's image
 * @param boot the run of its kernel that is not in the carry yet; a sample is of one run
 * @param inode of its memory
 * @param layout of its kernel
 * @param memory the file
 */
public record SavedGuest(String name, String digest, long boot, long inode, GuestLayout layout, Path memory)
        implements Sampled {
    static final String WORD = "guest";

    static SavedGuest of(String[] field) {
        GuestLayout layout = new GuestLayout(
                Long.parseLong(field[5]),
                Long.parseLong(field[6]),
                Integer.parseInt(field[7]),
                Long.parseLong(field[8]));
        return new SavedGuest(
                field[1],
                field[2],
                Long.parseLong(field[3]),
                Long.parseLong(field[4]),
                layout,
                Path.of(URLDecoder.decode(field[9], StandardCharsets.UTF_8)));
    }

    @Override
    public String fileName() {
        return "sample-" + name + "-" + boot;
    }

    @Override
    public void appendTo(StringBuilder text) {
        SavedImage.line(
                text,
                WORD,
                name,
                digest,
                boot,
                inode,
                layout.counters(),
                layout.records(),
                layout.recordSize(),
                layout.names(),
                URLEncoder.encode(memory.toString(), StandardCharsets.UTF_8));
    }
}
