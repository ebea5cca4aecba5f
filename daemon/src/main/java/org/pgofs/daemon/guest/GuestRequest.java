package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is asked of the daemon, as four strings with a NUL behind each.
 *
 * @param verb what is to be done
 * @param name of the machine; empty for the kernel that runs this one
 * @param memory the absolute path of its memory, empty without one
 * @param kernel the absolute path of its kernel's file, empty without one
 */
record GuestRequest(Verb verb, String name, String memory, String kernel) {
    private static final int FIELDS = 4;

    /** What can be done. */
    enum Verb {
        /** Attach a virtual machine. */
        ATTACH,
        /** Let go of a virtual machine. */
        DETACH,
        /** Attach the kernel that runs this machine. */
        ATTACH_RUNNING,
        /** Let go of it. */
        DETACH_RUNNING,
        /** Add what a kernel counted that no longer runs. */
        ADD_DEAD
    }

    ByteBuffer encode() {
        return StandardCharsets.UTF_8.encode(verb + "\0" + name + "\0" + memory + "\0" + kernel + "\0");
    }

    static GuestRequest decode(ByteBuffer data) throws IOException {
        String[] fields = StandardCharsets.UTF_8.decode(data).toString().split("\0", -1);
        if (fields.length == FIELDS + 1) {
            for (Verb verb : Verb.values()) {
                if (verb.toString().equals(fields[0])) {
                    return new GuestRequest(verb, fields[1], fields[2], fields[3]);
                }
            }
        }
        throw new IOException("not a request of pgofs attach or pgofs detach: is the daemon of another version?");
    }
}
