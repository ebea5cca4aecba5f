package org.pgofs.daemon.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What scripts and people have learned to read stays as it is. */
final class StatusTest {
    private static final Status.Image PLAIN = new Status.Image(
            "plain-1",
            "",
            8,
            7,
            new Words(List.of()),
            2,
            3,
            0,
            null,
            0,
            List.of(),
            0,
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z");

    private static final Status EMPTY = new Status(
            "/mnt",
            "/run/pgofs",
            "read leases",
            List.of(),
            new Status.State(0, null, null, List.of(), 0, 0),
            List.of(PLAIN),
            Map.of(),
            0,
            List.of(),
            new Status.Backlog(0, 0, 0),
            0,
            List.of(),
            List.of(),
            0,
            Map.of(),
            List.of(),
            null);

    private static final Status FULL = new Status(
            "/mnt",
            "/run/pgofs",
            "read leases",
            List.of("look after it"),
            new Status.State(
                    2, "2026-01-01T00:00:00Z", "no space", List.of(new Status.File("c-1", "is damaged")), 1, 3),
            List.of(new Status.Image(
                    "full-2",
                    "abcd",
                    10,
                    13,
                    new Words(List.of("csir", "entry-first")),
                    2,
                    3,
                    1,
                    4,
                    1L << 60,
                    List.of(7, 9),
                    5,
                    "2026-01-03T00:00:00Z",
                    "2026-01-04T00:00:00Z")),
            Map.of("coverage.profraw", 13L),
            17,
            List.of(new Status.User(4294967294L, 1, 2, 3, 4)),
            new Status.Backlog(14, 15, 16),
            6,
            List.of(new Status.OverBound(1000, "too many", 8)),
            List.of(new Status.File("s-1", "is too short")),
            11,
            Map.of("no room", 12L),
            List.of(new Status.Guest("vm", "vmlinux-3", "/dev/shm/vm", "counting", 1)),
            new Status.Kernel(
                    List.of(new Status.Loaded("vmlinux", "vmlinux-5", "2026-01-02T00:00:00Z")),
                    List.of(new Status.File("ext2", "is hidden"))));

    @Test
    void shouldTellPeopleWhatThereIs() {
        assertEquals(
                """
                segments in /run/pgofs, served at /mnt
                ends of programs are noticed by: read leases
                daemons before this one, whose counts it took over: 0
                images: 1
                plain-1
                  build id        none
                  raw version     8
                  profdata        indexed version 7
                  functions       2
                  counters        3, 0 of them not 0
                  total count     0
                  live processes  0
                  ended processes 0
                  counts since    2026-01-02T00:00:00Z
                users: 0
                backlog: 0 segments of 0 bytes of ended programs, 0 bytes at most were left
                without image file: 0
                over bounds: 0
                dropped: 0
                refused: 0
                """,
                StatusText.of(EMPTY));
    }

    @Test
    void shouldTellPeopleWhatIsWrong() {
        assertEquals(
                """
                attention: look after it
                segments in /run/pgofs, served at /mnt
                ends of programs are noticed by: read leases
                daemons before this one, whose counts it took over: 2
                images: 1
                full-2
                  build id        abcd
                  raw version     10, csir, entry-first
                  profdata        indexed version 13
                  functions       2
                  counters        3, 1 of them not 0
                  below 0         4 counters, served as 0
                  total count     1152921504606846976
                  live processes  2: 7 9
                  ended processes 5
                  counts since    2026-01-04T00:00:00Z
                not in profraw: 13 images, they are in coverage.profraw
                merged in profdata: 17 functions, which have name and hash of one of another image
                guests: 1, sampled once a second: counts between the last sample and a reboot are lost
                  vm vmlinux-3 in /dev/shm/vm, counting, rebooted 1 times
                kernel of this machine: 1 images, read when their counts are wanted and not for this status
                  vmlinux is vmlinux-5, read last at 2026-01-02T00:00:00Z
                  ext2 is hidden
                users: 1
                  user 4294967294: 1 live segments of 2 bytes, 3 images that take 4 bytes
                backlog: 14 segments of 15 bytes of ended programs, 16 bytes at most were left
                without image file: 6
                over bounds: 8
                  user 1000: 8 segments wait: too many
                dropped: 12
                  s-1 is too short
                  and 11 more
                refused: 12
                  no room: 12
                """,
                StatusText.of(FULL));
    }

    @Test
    void shouldTellProgramsWhatThereIs() {
        assertEquals(
                """
                {
                  "mount" : "/mnt",
                  "segment_dir" : "/run/pgofs",
                  "liveness" : "read leases",
                  "attention" : [ ],
                  "state" : {
                    "daemons_before" : 0,
                    "set_aside" : [ ],
                    "deleted_segments" : 0,
                    "truncated_segments" : 0
                  },
                  "images" : [ {
                    "name" : "plain-1",
                    "build_id" : "",
                    "raw_version" : 8,
                    "indexed_version" : 7,
                    "variant" : "",
                    "functions" : 2,
                    "counters" : 3,
                    "nonzero_counters" : 0,
                    "total_count" : 0,
                    "live_processes" : [ ],
                    "ended_processes" : 0,
                    "first_seen" : "2026-01-01T00:00:00Z",
                    "since" : "2026-01-02T00:00:00Z"
                  } ],
                  "not_in_profraw" : { },
                  "merged_in_profdata" : 0,
                  "users" : [ ],
                  "backlog" : {
                    "segments" : 0,
                    "bytes" : 0,
                    "most_bytes_left" : 0
                  },
                  "without_image_file" : 0,
                  "over_bounds" : [ ],
                  "dropped" : [ ],
                  "more_dropped" : 0,
                  "refused" : { },
                  "guests" : [ ]
                }
                """,
                StatusJson.of(EMPTY));
    }

    @Test
    void shouldTellProgramsWhatIsWrong() {
        assertEquals(
                """
                {
                  "mount" : "/mnt",
                  "segment_dir" : "/run/pgofs",
                  "liveness" : "read leases",
                  "attention" : [ "look after it" ],
                  "state" : {
                    "daemons_before" : 2,
                    "cannot_save_since" : "2026-01-01T00:00:00Z",
                    "cannot_save_because" : "no space",
                    "set_aside" : [ {
                      "file" : "c-1",
                      "reason" : "is damaged"
                    } ],
                    "deleted_segments" : 1,
                    "truncated_segments" : 3
                  },
                  "images" : [ {
                    "name" : "full-2",
                    "build_id" : "abcd",
                    "raw_version" : 10,
                    "indexed_version" : 13,
                    "variant" : "csir-entry-first",
                    "functions" : 2,
                    "counters" : 3,
                    "nonzero_counters" : 1,
                    "counters_below_0" : 4,
                    "total_count" : 1152921504606846976,
                    "live_processes" : [ 7, 9 ],
                    "ended_processes" : 5,
                    "first_seen" : "2026-01-03T00:00:00Z",
                    "since" : "2026-01-04T00:00:00Z"
                  } ],
                  "not_in_profraw" : {
                    "coverage.profraw" : 13
                  },
                  "merged_in_profdata" : 17,
                  "users" : [ {
                    "uid" : 4294967294,
                    "live_segments" : 1,
                    "segment_bytes" : 2,
                    "images" : 3,
                    "memory_bytes" : 4
                  } ],
                  "backlog" : {
                    "segments" : 14,
                    "bytes" : 15,
                    "most_bytes_left" : 16
                  },
                  "without_image_file" : 6,
                  "over_bounds" : [ {
                    "uid" : 1000,
                    "reason" : "too many",
                    "segments" : 8
                  } ],
                  "dropped" : [ {
                    "file" : "s-1",
                    "reason" : "is too short"
                  } ],
                  "more_dropped" : 11,
                  "refused" : {
                    "no room" : 12
                  },
                  "guests" : [ {
                    "name" : "vm",
                    "image" : "vmlinux-3",
                    "memory" : "/dev/shm/vm",
                    "state" : "counting",
                    "reboots" : 1
                  } ],
                  "kernel" : {
                    "loaded" : [ {
                      "name" : "vmlinux",
                      "image" : "vmlinux-5",
                      "read" : "2026-01-02T00:00:00Z"
                    } ],
                    "not_read" : [ {
                      "file" : "ext2",
                      "reason" : "is hidden"
                    } ]
                  }
                }
                """,
                StatusJson.of(FULL));
    }
}
