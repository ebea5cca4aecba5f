package org.pgofs.daemon.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pgofs.daemon.history.Progress;
import org.pgofs.daemon.json.RecordJson;

/** What scripts and people have learned to read stays as it is. */
final class StatusTest {
    private static final Status.Image PLAIN = new Status.Image(
            "plain-1",
            null,
            null,
            "",
            8,
            7,
            new Words(List.of()),
            2,
            3,
            0,
            null,
            null,
            0,
            List.of(),
            0,
            "2026-01-01T00:00:00Z",
            "2026-01-02T00:00:00Z",
            null,
            null,
            null);

    private static final Status.Daemon DAEMON = new Status.Daemon(18, "1.2", "2026-01-02T03:04:05Z", 19, 20);

    private static final Status EMPTY = new Status(
            DAEMON,
            "/mnt",
            "/run/pgofs",
            new Status.Directory(17, 1L << 50),
            "read leases",
            List.of(),
            new Status.State(0, null, null, null, List.of(), 0, 0),
            List.of(PLAIN),
            Map.of(),
            0,
            List.of(),
            new Status.Backlog(0, 0, 0, 0),
            0,
            List.of(),
            List.of(),
            0,
            Map.of(),
            List.of(),
            null,
            null,
            null,
            new Status.Takes("00abcdef", 0, null, Map.of()),
            new Status.Work(0, 0, 0, 0, 0));

    private static final Status FULL = new Status(
            DAEMON,
            "/mnt",
            "/run/pgofs",
            new Status.Directory(17, 1L << 50),
            "read leases",
            List.of("look after it"),
            new Status.State(
                    2,
                    "2026-01-02T03:04:06.5Z",
                    "2026-01-01T00:00:00Z",
                    "no space",
                    List.of(new Status.File("c-1", "is damaged")),
                    1,
                    3),
            List.of(new Status.Image(
                    "full-2",
                    "/opt/full",
                    "AArch64",
                    "abcd",
                    10,
                    13,
                    new Words(List.of("csir", "entry-first")),
                    2,
                    3,
                    1,
                    4,
                    27,
                    1L << 60,
                    List.of(7, 9),
                    5,
                    "2026-01-03T00:00:00Z",
                    "2026-01-04T00:00:00Z",
                    new Status.Take(33, "2026-01-04T00:00:00Z"),
                    new Status.Reset("2026-01-02T03:05:00Z", "take", 1000, 26),
                    new Progress(2, 1, 3, 1, 70.5, 40.5, List.of(new Progress.Overlap(61, 99.96))))),
            Map.of("coverage.profraw", 13L),
            17,
            List.of(new Status.User(4294967294L, 1, 2, 3, 4)),
            new Status.Backlog(14, 15, 16, 2500),
            6,
            List.of(new Status.OverBound(1000, "too many", 8)),
            List.of(new Status.File("s-1", "is too short")),
            11,
            Map.of("no room", 12L),
            List.of(new Status.Guest("vm", "vmlinux-3", "/dev/shm/vm", "counting", 1)),
            new Status.Kernel(
                    List.of(new Status.Loaded("vmlinux", "vmlinux-5", "2026-01-02T00:00:00Z")),
                    List.of(new Status.File("ext2", "is hidden"))),
            new Status.Stock(
                    "all of them",
                    "events of the kernel",
                    1000,
                    List.of(
                            new Status.Attached(7, 1000, List.of("a-1", "b-2"), List.of()),
                            new Status.Attached(8, 0, List.of(), List.of("/bin/c is odd")))),
            new Status.Profiles(2, 5, Map.of("cut", 1L), Map.of("no time", 3L)),
            new Status.Takes("00abcdef", 34, new Status.Take(32, "2026-01-03T00:00:00Z"), Map.of("ab12", 31L)),
            new Status.Work(21, 22, 23, 2400000, 25000));

    @Test
    void shouldTellPeopleWhatThereIs() {
        assertEquals(
                """
                segments in /run/pgofs, served at /mnt
                directory: 17 bytes are in use
                daemon: pgofs 1.2, process 18, since 2026-01-02T03:04:05Z
                since then: 0 resets, 0 takes, 0 freezes, 0 us the longest
                takes: none yet
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
                  last reset      none since the daemon started
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
                directory: 17 bytes are in use
                daemon: pgofs 1.2, process 18, since 2026-01-02T03:04:05Z
                since then: 21 resets, 22 takes, 23 freezes, 25000 us the longest
                takes: the last has number 34 of 00abcdef
                  of all images: number 32, at 2026-01-03T00:00:00Z
                  kept by ab12: number 31
                ends of programs are noticed by: read leases
                daemons before this one, whose counts it took over: 2
                images: 1
                full-2
                  program         /opt/full
                  machine         AArch64
                  build id        abcd
                  raw version     10, csir, entry-first
                  profdata        indexed version 13
                  functions       2
                  counters        3, 1 of them not 0
                  below 0         4 counters, served as 0
                  approximate     the values of 27 sites: the compiler's runtime may have replaced rare ones
                  total count     1152921504606846976
                  live processes  2: 7 9
                  ended processes 5
                  counts since    2026-01-04T00:00:00Z
                  last take       number 33, at 2026-01-04T00:00:00Z
                  last reset      2026-01-02T03:05:00Z, by a take of user 1000, process 26
                  watched         nothing new for 41 s; 99.9 % overlap with one minute ago
                not in profraw: 13 images, they are in coverage.profraw
                merged in profdata: 17 functions, which have name and hash of one of another image
                guests: 1, sampled once a second: counts between the last sample and a reboot are lost
                  vm vmlinux-3 in /dev/shm/vm, counting, rebooted 1 times
                kernel of this machine: 1 images, read when their counts are wanted and not for this status
                  vmlinux is vmlinux-5, read last at 2026-01-02T00:00:00Z
                  ext2 is hidden
                processes that are read: 2, looked at every 1000 ms (all of them, found by events of the kernel): what one counts between the last look and its end is lost
                  7 of user 1000: a-1, b-2
                  8 of user 0: nothing
                    /bin/c is odd
                profiles that programs wrote: 5 taken in, 1 refused, 3 wait; in 2 directories
                  1 refused: cut
                  3 wait: no time
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
                  "daemon" : {
                    "pid" : 18,
                    "version" : "1.2",
                    "since" : "2026-01-02T03:04:05Z",
                    "heap_bytes" : 19,
                    "max_heap_bytes" : 20
                  },
                  "mount" : "/mnt",
                  "segment_dir" : "/run/pgofs",
                  "directory" : {
                    "bytes" : 17,
                    "size_bytes" : 1125899906842624
                  },
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
                    "most_bytes_left" : 0,
                    "age_millis" : 0
                  },
                  "without_image_file" : 0,
                  "over_bounds" : [ ],
                  "dropped" : [ ],
                  "more_dropped" : 0,
                  "refused" : { },
                  "guests" : [ ],
                  "takes" : {
                    "store" : "00abcdef",
                    "last" : 0,
                    "keepers" : { }
                  },
                  "work" : {
                    "resets" : 0,
                    "takes" : 0,
                    "freezes" : 0,
                    "freeze_micros" : 0,
                    "longest_freeze_micros" : 0
                  }
                }
                """,
                RecordJson.of(EMPTY));
    }

    @Test
    void shouldTellProgramsWhatIsWrong() {
        assertEquals(
                """
                {
                  "daemon" : {
                    "pid" : 18,
                    "version" : "1.2",
                    "since" : "2026-01-02T03:04:05Z",
                    "heap_bytes" : 19,
                    "max_heap_bytes" : 20
                  },
                  "mount" : "/mnt",
                  "segment_dir" : "/run/pgofs",
                  "directory" : {
                    "bytes" : 17,
                    "size_bytes" : 1125899906842624
                  },
                  "liveness" : "read leases",
                  "attention" : [ "look after it" ],
                  "state" : {
                    "daemons_before" : 2,
                    "saved_at" : "2026-01-02T03:04:06.5Z",
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
                    "program" : "/opt/full",
                    "machine" : "AArch64",
                    "build_id" : "abcd",
                    "raw_version" : 10,
                    "indexed_version" : 13,
                    "variant" : "csir-entry-first",
                    "functions" : 2,
                    "counters" : 3,
                    "nonzero_counters" : 1,
                    "counters_below_0" : 4,
                    "approximate_value_sites" : 27,
                    "total_count" : 1152921504606846976,
                    "live_processes" : [ 7, 9 ],
                    "ended_processes" : 5,
                    "first_seen" : "2026-01-03T00:00:00Z",
                    "since" : "2026-01-04T00:00:00Z",
                    "last_take" : {
                      "number" : 33,
                      "at" : "2026-01-04T00:00:00Z"
                    },
                    "last_reset" : {
                      "at" : "2026-01-02T03:05:00Z",
                      "kind" : "take",
                      "uid" : 1000,
                      "pid" : 26
                    },
                    "history" : {
                      "functions" : 2,
                      "counting" : 1,
                      "counters" : 3,
                      "nonzero" : 1,
                      "seconds" : 70.5,
                      "quiet_seconds" : 40.5,
                      "overlaps" : [ {
                        "seconds" : 61.0,
                        "percent" : 99.96
                      } ]
                    }
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
                    "most_bytes_left" : 16,
                    "age_millis" : 2500
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
                  },
                  "stock" : {
                    "looked_for" : "all of them",
                    "found_by" : "events of the kernel",
                    "interval_ms" : 1000,
                    "processes" : [ {
                      "pid" : 7,
                      "uid" : 1000,
                      "images" : [ "a-1", "b-2" ],
                      "problems" : [ ]
                    }, {
                      "pid" : 8,
                      "uid" : 0,
                      "images" : [ ],
                      "problems" : [ "/bin/c is odd" ]
                    } ]
                  },
                  "profiles" : {
                    "directories" : 2,
                    "taken" : 5,
                    "refused" : {
                      "cut" : 1
                    },
                    "waiting" : {
                      "no time" : 3
                    }
                  },
                  "takes" : {
                    "store" : "00abcdef",
                    "last" : 34,
                    "all" : {
                      "number" : 32,
                      "at" : "2026-01-03T00:00:00Z"
                    },
                    "keepers" : {
                      "ab12" : 31
                    }
                  },
                  "work" : {
                    "resets" : 21,
                    "takes" : 22,
                    "freezes" : 23,
                    "freeze_micros" : 2400000,
                    "longest_freeze_micros" : 25000
                  }
                }
                """,
                RecordJson.of(FULL));
    }

    /** Prometheus' conventions, as promtool knows them. */
    @Test
    void shouldTellMonitoringWhatThereIs() throws Exception {
        for (Status status : List.of(EMPTY, FULL)) {
            Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                    .redirectErrorStream(true)
                    .start();
            promtool.getOutputStream().write(StatusMetrics.of(status).getBytes(StandardCharsets.UTF_8));
            promtool.getOutputStream().close();
            String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, promtool.waitFor(), said);
            assertEquals("", said);
        }
        Set<String> samples = StatusMetrics.of(FULL)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.toSet());
        assertEquals(
                Set.of(),
                missing(
                        samples,
                        """
                pgofs_attention 1.0
                pgofs_backlog_age_seconds 2.5
                pgofs_backlog_bytes 15.0
                pgofs_backlog_segments 14.0
                pgofs_build_info{version="1.2"} 1
                pgofs_deleted_segments 1.0
                pgofs_directory_size_bytes 1.125899906842624E15
                pgofs_directory_used_bytes 17.0
                pgofs_dropped 12.0
                pgofs_freeze_duration_seconds_count 23
                pgofs_freeze_duration_seconds_sum 2.4
                pgofs_freeze_longest_seconds 0.025
                pgofs_heap_max_bytes 20.0
                pgofs_heap_used_bytes 19.0
                pgofs_image_approximate_value_sites{image="full-2"} 27.0
                pgofs_image_counters_below_zero{image="full-2"} 4.0
                pgofs_image_counters{image="full-2"} 3.0
                pgofs_image_counts{image="full-2"} 1.15292150460684698E18
                pgofs_image_ended_processes{image="full-2"} 5.0
                pgofs_image_functions{image="full-2"} 2.0
                pgofs_image_live_processes{image="full-2"} 2.0
                pgofs_image_memory_bytes{uid="4294967294"} 4.0
                pgofs_image_nonzero_counters{image="full-2"} 1.0
                pgofs_images 1.0
                pgofs_kept_take_number{keeper="ab12"} 31.0
                pgofs_last_save_timestamp_seconds 1.7673230465E9
                pgofs_last_take_number 34.0
                pgofs_live_segment_bytes{uid="4294967294"} 2.0
                pgofs_live_segments{uid="4294967294"} 1.0
                pgofs_over_bounds_segments{reason="too many",uid="1000"} 8.0
                pgofs_refused{reason="no room"} 12.0
                pgofs_resets_total 21.0
                pgofs_save_failing 1.0
                pgofs_set_aside_files 1.0
                pgofs_start_time_seconds 1.767323045E9
                pgofs_takes_total 22.0
                pgofs_truncated_segments 3.0
                pgofs_without_image_file_segments 6.0
                """));
    }

    private static Set<String> missing(Set<String> samples, String wanted) {
        return wanted.lines().filter(line -> !samples.contains(line)).collect(Collectors.toSet());
    }
}
