package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is asked of the daemon, as three strings with a NUL behind each.
 *
 * @param name of the machine
 * @param memory the absolute path of its memory; empty: the machine is to be detached
 * @param kernel the absolute path of its kernel's file; empty with an empty memory
 */
record GuestRequest(String name, String memory, String kernel) {
    private static final int FIELDS = 3;

    ByteBuffer encode() {
        return StandardCharsets.UTF_8.encode(name + "\0" + memory + "\0" + kernel + "\0");
    }

    static GuestRequest decode(ByteBuffer data) throws IOException {
        String[] fields = StandardCharsets.UTF_8.decode(data).toString().split("\0", -1);
        if (fields.length != FIELDS + 1) {
            throw new IOException("not a request of pgofs attach or pgofs detach");
        }
        return new GuestRequest(fields[0], fields[1], fields[2]);
    }
}
