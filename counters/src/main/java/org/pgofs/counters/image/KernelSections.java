package org.pgofs.counters.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.pgofs.counters.format.Processor;

/**
 * The sections of an instrumented kernel, or of a module of it, from its file or from memory. They are not checked yet.
 *
 * @param path of its file; the last part names the image
 * @param processor that it is for
 * @param banner the version text of the kernel in its memory, empty if not known
 * @param rawVersion {@code __llvm_profile_raw_version}, variant bits included
 * @param buildId its bytes, none without one
 * @param records the data section, little-endian
 * @param recordsAddress of its first byte
 * @param countersSize of the counters section, in bytes
 * @param countersAddress of its first byte
 * @param names the names section
 * @param namesAddress of its first byte
 * @param valuesAddress of the first of the compiler's places for value sites
 * @param valueSites how many there are, 0 if no values are recorded
 * @param linkTimes converts the addresses in records to link-time addresses
 */
public record KernelSections(
        String path,
        Processor processor,
        String banner,
        long rawVersion,
        ByteBuffer buildId,
        ByteBuffer records,
        long recordsAddress,
        long countersSize,
        long countersAddress,
        ByteBuffer names,
        long namesAddress,
        long valuesAddress,
        int valueSites,
        LinkTimes linkTimes) {
    /** Makes an image of sections; it knows the layouts of records. */
    @FunctionalInterface
    public interface Parser {
        /**
         * Makes an image.
         *
         * @param sections as they were read
         * @return the image, whose layout has addresses as the sections have them
         * @throws IOException if they cannot be used; the message is one line that says why
         */
        GuestImage parse(KernelSections sections) throws IOException;
    }
}
