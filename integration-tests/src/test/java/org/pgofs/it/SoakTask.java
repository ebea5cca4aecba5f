package org.pgofs.it;

/** Something that may fail in any way. */
@FunctionalInterface
interface SoakTask {
    void run() throws Exception;
}
