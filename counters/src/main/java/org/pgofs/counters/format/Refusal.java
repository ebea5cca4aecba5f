package org.pgofs.counters.format;

import java.util.Optional;

/** Why an image did not publish its counters, {@code enum pgofs_refusal} of {@code pgofs_format.h}. */
public enum Refusal {
    /** The segment directory's tmpfs is limited and full, or holds too much while no daemon runs. */
    NO_SPACE(
            1, "no room in the segment directory: its tmpfs is full, or it held more than 256 MiB while no daemon ran"),
    /** RLIMIT_FSIZE or RLIMIT_NOFILE of the target. */
    FILE_LIMIT(2, "limit of file size or of open files (ulimit -f, ulimit -n)"),
    /** That user cannot create files in the directory. */
    NO_ACCESS(3, "files cannot be created in the segment directory: read-only for the program, or not of mode 1733"),
    /** The counters or bitmaps share a page with other data. */
    NOT_ALIGNED(4, "counters not page-aligned by the linker: see pgofs doctor"),
    /** No raw version in the image, or one that the runtime does not know. */
    RAW_VERSION(5, "no known raw version in the image: see pgofs doctor"),
    /** Records that point outside the counters, or sections of odd size. */
    BAD_SECTIONS(6, "profile sections are inconsistent: see pgofs doctor"),
    /** The counters could not be mapped. */
    NOT_MAPPED(7, "the counters could not be mapped (ulimit -v, ulimit -l)"),
    /** Any other error of a system call. */
    IO(8, "a system call failed: PGOFS_VERBOSE=1 shows which program"),
    /** A kind of instrumentation that cannot be shared. */
    VARIANT(9, "records in the debug information, not in the program (-debug-info-correlate, -profile-correlate)"),
    /** The linker left several sections of the same name. */
    IN_PIECES(10, "profile sections not put together by the linker (--unique, or not GNU ld, lld or mold)");

    private final int code;
    private final String text;

    Refusal(int code, String text) {
        this.code = code;
        this.text = text;
    }

    int code() {
        return code;
    }

    /**
     * The reason in words.
     *
     * @return one phrase
     */
    public String text() {
        return text;
    }

    public static Optional<Refusal> of(int code) {
        for (Refusal refusal : values()) {
            if (refusal.code == code) {
                return Optional.of(refusal);
            }
        }
        return Optional.empty();
    }
}
