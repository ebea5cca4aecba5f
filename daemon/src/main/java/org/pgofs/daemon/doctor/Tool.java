package org.pgofs.daemon.doctor;

/**
 * An installed program of LLVM.
 *
 * @param name the command
 * @param version as it says itself
 * @param major the first number of the version
 */
record Tool(String name, String version, int major) {
    @Override
    public String toString() {
        return name + " (" + version + ")";
    }
}
