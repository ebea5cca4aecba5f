package org.pgofs.counters.guest;

import java.nio.file.Path;

/**
 * A virtual machine.
 *
 * @param name under which it was attached
 * @param image of its kernel
 * @param memory the file that is its memory
 * @param counting whether the kernel was found in the memory; otherwise the daemon waits for it
 * @param reboots how often the kernel was started again since it was attached
 */
public record GuestStatus(String name, String image, Path memory, boolean counting, long reboots) {}
