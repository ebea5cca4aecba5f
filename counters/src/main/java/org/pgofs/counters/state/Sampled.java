package org.pgofs.counters.state;

/**
 * What counts in memory that is only read: a line of the manifest. Its last sample is in a file that is not part of a
 * generation: it may be replaced at any time, and is valid as long as what is read is the same.
 */
public sealed interface Sampled permits SavedGuest, SavedProcess, SavedKernel, SavedProfile {
    /** Its name among those of its kind. */
    String name();

    /** The digest of its image. */
    String digest();

    /** The file of the sample. */
    String fileName();

    /** Appends its line to the text of a manifest. */
    void appendTo(StringBuilder text);
}
