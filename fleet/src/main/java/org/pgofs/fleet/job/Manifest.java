package org.pgofs.fleet.job;

import java.util.List;
import java.util.Map;

/**
 * What is said of a result, beside it.
 *
 * @param image the name of the image
 * @param buildId its id
 * @param variant how it is instrumented
 * @param since the first hour
 * @param until the hour behind the last
 * @param rawVersion of the pieces, with its variant bits, hexadecimal with {@code 0x}
 * @param pieces how many are in it
 * @param hosts what each host brought, those included that are left out
 * @param leftOutHosts those that have less in common with the others than was asked for
 * @param oddHosts those that have less than half as much in common with the others as hosts usually have
 * @param thinHosts those that brought few counts or pieces
 * @param minOverlap what was asked of hosts; null if nothing was
 * @param maxShare how much one host may count; null if it is not bounded
 * @param total the sum of all counters, or how many are set where counters are marks
 * @param functions how many there are
 * @param functionsThatRan of how many something was counted
 * @param functionsOfOtherShape how many are left out since most pieces have them with other numbers of counters or sites
 * @param overlapWithBefore how much it is like the result of the window before, 0 to 1; null without one
 * @param windowBefore which one that was
 * @param weights by label; null if each piece counts once
 * @param rejected what was left out, and why; the first of them by name
 * @param rejectedCount how many were left out
 * @param tooLarge by piece, how many of its counters were above 2^56 and count as 0
 * @param size of the profile, in bytes
 * @param sha256 of the profile
 */
record Manifest(
        String image,
        String buildId,
        String variant,
        String since,
        String until,
        String rawVersion,
        long pieces,
        Map<String, Host> hosts,
        List<String> leftOutHosts,
        List<String> oddHosts,
        List<String> thinHosts,
        String minOverlap,
        String maxShare,
        long total,
        int functions,
        int functionsThatRan,
        int functionsOfOtherShape,
        Double overlapWithBefore,
        String windowBefore,
        String weights,
        List<Rejected> rejected,
        int rejectedCount,
        Map<String, Long> tooLarge,
        long size,
        String sha256) {
    /**
     * What one host brought.
     *
     * @param pieces how many
     * @param total the sum of their counters, without weights
     * @param overlap how much of its counts it has in common with the others, 0 to 1; null if it cannot be told
     * @param scaledTo to which sum its counts were scaled down; null if they were not
     */
    record Host(long pieces, long total, Double overlap, Long scaledTo) {}
}
