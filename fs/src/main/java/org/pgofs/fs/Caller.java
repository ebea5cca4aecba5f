package org.pgofs.fs;

/**
 * Who asks for something.
 *
 * @param user the user
 * @param process the thread that asks, mostly that of a process by whose number it goes; as the pid namespace of the daemon
 *     numbers it, 0 if it does not
 */
public record Caller(int user, int process) {}
