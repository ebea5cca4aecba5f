package org.pgofs.counters.format;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of processors that the target runtime is built for, with what is in {@code machine.h} of each. */
public enum Processor {
    X86_64("x86-64", 62, 0, 4096, 4096),
    AARCH64("AArch64", 183, 183, 65536, 8);

    private final String text;
    private final int elfMachine;
    private final int imageMachine;
    private final int alignment;
    private final int anchor;

    Processor(String text, int elfMachine, int imageMachine, int alignment, int anchor) {
        this.text = text;
        this.elfMachine = elfMachine;
        this.imageMachine = imageMachine;
        this.alignment = alignment;
        this.anchor = anchor;
    }

    /**
     * The processor that an ELF file is for.
     *
     * @param machine {@code e_machine}
     */
    public static Optional<Processor> ofElf(int machine) {
        return Arrays.stream(values())
                .filter(processor -> processor.elfMachine == machine)
                .findFirst();
    }

    /**
     * The processor that an image file is for. What is made of a raw profile, which does not tell, is taken for x86-64.
     *
     * @param machine the upper half of the field with the size of the header
     */
    static Optional<Processor> ofImage(int machine) {
        return Arrays.stream(values())
                .filter(processor -> processor.imageMachine == machine)
                .findFirst();
    }

    /** As image files have it. */
    int imageMachine() {
        return imageMachine;
    }

    /** The alignment in bytes of counters and bitmaps: the largest page that a kernel of this processor may have. */
    public int alignment() {
        return alignment;
    }

    /** How many bytes of its own the runtime has among the counters. */
    public int anchor() {
        return anchor;
    }

    /** Its usual name. */
    @Override
    public String toString() {
        return text;
    }
}
