package org.pgofs.counters.kernel;

import java.util.HashMap;
import java.util.Map;

/**
 * What a kernel says of itself in a core file, {@code VMCOREINFO} of the kernel's documentation: lines {@code NAME=VALUE}.
 *
 * @param kernelOffset by how much the kernel was moved from its link-time addresses, 0 if nothing is said
 * @param text where the kernel's code begins now, 0 if nothing is said
 * @param buildId in hexadecimal, empty if nothing is said
 */
record VmcoreInfo(long kernelOffset, long text, String buildId) {
    static final String NOTE = "VMCOREINFO";
    static final int NOTE_TYPE = 0;

    private static final int RADIX = 16;

    static final VmcoreInfo NOTHING = new VmcoreInfo(0, 0, "");

    static VmcoreInfo parse(String text) {
        Map<String, String> values = new HashMap<>();
        for (String line : text.split("\n", 0)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.putIfAbsent(
                        line.substring(0, equals), line.substring(equals + 1).strip());
            }
        }
        return new VmcoreInfo(
                number(values.getOrDefault("KERNELOFFSET", "0")),
                number(values.getOrDefault("SYMBOL(_stext)", "0")),
                values.getOrDefault("BUILD-ID", ""));
    }

    private static long number(String hexadecimal) {
        try {
            return Long.parseUnsignedLong(hexadecimal, RADIX);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
