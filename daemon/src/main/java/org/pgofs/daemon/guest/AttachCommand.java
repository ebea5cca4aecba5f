package org.pgofs.daemon.guest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.pgofs.daemon.client.ServedMount;
import org.pgofs.daemon.guest.GuestRequest.Verb;
import org.pgofs.daemon.stock.ProcessRequests;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pgofs attach}. */
@Command(
        name = "attach",
        description = {
            "Add what counts without the runtime of pgofs. It is read through its memory, and never written to, stopped or"
                    + " traced.",
            "",
            "--pid: a process with the compiler's own runtime, just as it runs, with its libraries and the children that"
                    + " it forks. It is looked at once a second, or less often if that takes more than a hundredth of a"
                    + " processor, and at every read; the status says how often. What it counts between the last"
                    + " look and its end is lost.",
            "",
            "--ram: the kernel of a virtual machine. --running: the one that runs this machine. --core: a kernel that"
                    + " crashed is read once, out of its dump.",
            "The memory of a virtual machine must be a file that the machine has mapped shared. For QEMU:",
            "  -object memory-backend-file,id=ram,size=256M,mem-path=FILE,share=on -machine memory-backend=ram",
            "If pgofs kernel build made the kernel of this machine, pgofs mount attaches it by itself, unless -o kernel=no"
                    + " was given. --running attaches it later. With --vmlinux it attaches one without a note of pgofs."
        },
        mixinStandardHelpOptions = true)
public final class AttachCommand implements Callable<Integer> {
    /** The kernel is found when it has counted between two looks, which are a second apart. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final long POLL_MS = 100;

    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Source source;

    /** What is attached. */
    private static final class Source {
        @Option(
                names = "--ram",
                required = true,
                paramLabel = "FILE",
                description = "The memory of a virtual machine, which must be running. Needs --vmlinux.")
        private Path memory;

        @Option(
                names = "--pid",
                required = true,
                arity = "1..*",
                paramLabel = "PID",
                description = "The numbers of processes.")
        private List<Integer> pids = List.of();

        @Option(
                names = "--running",
                required = true,
                description = "The kernel that runs this machine, and its modules.")
        private boolean running;

        @Option(
                names = "--core",
                required = true,
                paramLabel = "FILE",
                description =
                        "The memory of a kernel that no longer runs, as an ELF core file: /proc/vmcore, or a dump of"
                                + " a virtual machine by dump-guest-memory -p. Its counts are added each time.")
        private Path core;
    }

    @Option(
            names = "--vmlinux",
            paramLabel = "FILE",
            description = "The kernel's ELF file, from the directory where it was built.")
    private Path kernel;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "A name for the virtual machine (default: the last part of the memory's path).")
    private String name;

    @Mixin
    private ServedMount mount;

    /** Attaches; and waits a little for the kernel of a virtual machine to be found. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        if (source.memory == null && name != null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--name needs --ram");
        }
        if (!source.pids.isEmpty() && kernel != null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--vmlinux is for kernels");
        }
        if (!source.pids.isEmpty()) {
            attachProcesses();
        } else if (source.running) {
            attachRunning();
        } else if (source.core != null) {
            ask(new GuestRequest(Verb.ADD_DEAD, "", source.core.toString(), file()));
            say(source.core + ": see pgofs status");
        } else if (kernel == null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--ram needs --vmlinux");
        } else {
            attachMachine();
        }
        return CommandLine.ExitCode.OK;
    }

    /** The path of the kernel's file, for the daemon. */
    private String file() {
        return kernel == null ? "" : kernel.toString();
    }

    private Daemon ask(GuestRequest request) throws IOException {
        Daemon daemon = new Daemon(mount.path());
        daemon.ask(request);
        return daemon;
    }

    private void attachProcesses() throws IOException {
        Daemon daemon = new Daemon(mount.path());
        for (int pid : source.pids) {
            daemon.ask(ProcessRequests.FILE, ProcessRequests.attach(pid));
            say("process " + pid);
        }
    }

    private void attachRunning() throws IOException {
        Daemon daemon = ask(new GuestRequest(Verb.ATTACH_RUNNING, "", "", file()));
        say("the running kernel"
                + daemon.runningKernel().map(AttachCommand::image).orElse(""));
    }

    private static String image(Map<String, String> fields) {
        return ": " + fields.get("image");
    }

    private void attachMachine() throws IOException, InterruptedException {
        if (name == null) {
            name = source.memory.toFile().getName();
        }
        Daemon daemon = ask(new GuestRequest(Verb.ATTACH, name, source.memory.toString(), file()));
        long end = System.nanoTime() + PATIENCE.toNanos();
        Optional<Map<String, String>> guest = daemon.guest(name);
        while (guest.isPresent() && !guest.get().get("state").equals("counting") && System.nanoTime() - end < 0) {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
            guest = daemon.guest(name);
        }
        say(name
                + guest.map(fields -> image(fields) + ", " + fields.get("state"))
                        .orElse(", and it has ended already"));
    }

    private void say(String what) {
        spec.commandLine().getOut().println("attached " + what);
    }
}
