package org.pgofs.daemon.elf;

import java.io.IOException;

/** A file that is not an ELF file of a supported kind, or a damaged one. The message is one line without the file. */
public final class MalformedElfException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedElfException(String message) {
        super(message);
    }
}
