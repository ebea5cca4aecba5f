package org.pgofs.daemon.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pgofs.counters.kernel.KernelWatch;
import org.pgofs.counters.linux.ForeignPath;
import org.pgofs.counters.linux.FusePackage;
import org.pgofs.counters.linux.NativeLibrary;
import org.pgofs.counters.linux.SegmentTmpfs;
import org.pgofs.counters.segment.SegmentDirectory;

/** Whether a machine is ready for {@code pgofs mount} and for building programs. */
final class MachineReport {
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_LEASE = 28;

    private final Machine machine;

    private MachineReport(Machine machine) {
        this.machine = machine;
    }

    /**
     * Looks at a machine.
     *
     * @param machine what to look at
     * @return a finding for every check
     */
    static List<Finding> of(Machine machine) {
        MachineReport report = new MachineReport(machine);
        List<Finding> findings = new ArrayList<>(List.of(
                report.device(),
                report.library(),
                report.privileges(),
                report.segmentDirectory(),
                installed("clang", machine.tools().clangs()),
                installed("llvm-profdata", machine.tools().profdatas())));
        if (KernelWatch.hasNote(machine.kernel())) {
            findings.add(report.kernel());
        }
        return findings;
    }

    /** Of one that is built to be read. */
    private Finding kernel() {
        try {
            KernelWatch.check(machine.kernel());
            return Finding.ok("the kernel of this machine can be read, and its modules");
        } catch (IOException e) {
            return Finding.no("the kernel of this machine: " + e.getMessage());
        }
    }

    private Finding device() {
        Path device = machine.fuseDevice();
        return Files.exists(device)
                ? Finding.ok(device + " is there")
                : Finding.no(device + " is missing: modprobe fuse; give a container --device " + device);
    }

    private Finding library() {
        String library = machine.fuseLibrary();
        try {
            return NativeLibrary.isThere(library)
                    ? Finding.ok(library + " can be loaded")
                    : Finding.no(library + " cannot be loaded: " + FusePackage.howToInstall());
        } catch (IOException e) {
            return Finding.no(e.getMessage());
        }
    }

    private Finding privileges() {
        try {
            boolean isRoot = false;
            long capabilities = 0;
            for (String line : Files.readAllLines(machine.processStatus())) {
                String[] words = line.split("\\s+", -1);
                if (words[0].equals("Uid:")) {
                    isRoot = words[2].equals("0"); // real, effective, saved, file system
                } else if (words[0].equals("CapEff:")) {
                    capabilities = Long.parseUnsignedLong(words[1], 16);
                }
            }
            if (!isRoot) {
                return Finding.no("not root, and pgofs mount needs root: use sudo");
            }
            long needed = 1L << CAP_SYS_ADMIN | 1L << CAP_LEASE;
            return (capabilities & needed) == needed
                    ? Finding.ok("root with CAP_SYS_ADMIN and CAP_LEASE")
                    : Finding.no("root without CAP_SYS_ADMIN or CAP_LEASE: give the container more privileges");
        } catch (IOException e) {
            return Finding.unknown("the user and capabilities of this process are not known: " + e);
        }
    }

    private Finding segmentDirectory() {
        Path directory = machine.segmentDirectory();
        String text = "segment directory " + directory;
        try {
            NativeLibrary.require();
        } catch (IOException e) {
            return Finding.unknown(text + " cannot be checked without that library");
        }
        try {
            ForeignPath.requireNoFuse(directory, "");
            if (!Files.exists(directory)) {
                return Finding.unknown(
                        text + " does not exist yet, so programs that start now are not counted: pgofs mount"
                                + " or systemctl start run-pgofs.mount makes it");
            }
            directory = directory.toRealPath(); // the kernel goes up from where a link leads
            if (!Files.isDirectory(directory)) {
                return Finding.no(text + " is not a directory: choose another by --segment-dir");
            }
            if (!SegmentDirectory.isMountPoint(directory)) {
                return Finding.unknown(text + " is not a mount point yet: pgofs mount puts a tmpfs on it");
            }
            String type = Files.getFileStore(directory).type();
            if (!type.equals("tmpfs")) {
                return Finding.no(text + " is a mount point of " + type + ", not of a tmpfs: choose another");
            }
        } catch (IOException e) {
            return Finding.no(text + " cannot be checked: " + e);
        }
        try {
            SegmentDirectory.checkPermissions(directory);
            if (SegmentTmpfs.held(directory) > SegmentTmpfs.HELD_MAX && !SegmentDirectory.isServed(directory)) {
                return Finding.no(text + " holds more than 256 MiB and no daemon runs: programs that start before"
                        + " pgofs mount are not counted");
            }
            return SegmentDirectory.closedToOthers(directory)
                    .map(Finding::no)
                    .orElse(Finding.ok(text + " is a tmpfs, owned by root and sticky"));
        } catch (IOException e) {
            return Finding.no(e.getMessage());
        }
    }

    private static Finding installed(String name, List<Tool> found) {
        return found.isEmpty()
                ? Finding.no(name + " is not on PATH: install it")
                : Finding.ok(
                        String.join(", ", found.stream().map(Tool::toString).toList()));
    }
}
