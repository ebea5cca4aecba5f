package org.pgofs.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real kernel in a real virtual machine, with nothing of pgofs in it. */
@Tag("kernel")
final class VirtualMachineIT {
    private static final Toolchain TOOLCHAIN = Toolchain.DEFAULT;
    private static final String SYSTEM_CALL = "__x64_sys_getppid";
    /** Booted without the help of the processor, beside other work. */
    private static final Duration BOUND = Duration.ofMinutes(3);

    private static final String SCRIPT =
            """
            #!/bin/sh
            stty -echo
            echo "READY"
            while read -r words; do
              case $words in
                quit) exit 7 ;;
                *) $words && echo "DONE $words" ;;
              esac
            done
            """;

    /** What QEMU's monitor answers. */
    private static final Pattern VERSION = Pattern.compile("(?m)^[0-9]+\\.[0-9]+");

    @TempDir
    Path directory;

    private String path = System.getenv("PATH");
    private PgofsMount mount;
    private Process machine;
    private OutputStream console;

    @BeforeAll
    @Timeout(value = 35, unit = TimeUnit.MINUTES)
    static void build() throws IOException {
        RunningKernel.OF_THE_DOCUMENT.build();
    }

    @BeforeEach
    void mount() throws Exception {
        mount = PgofsMount.start(directory);
    }

    @AfterEach
    void end() throws Exception {
        if (machine != null) {
            machine.destroy();
            assertTrue(machine.waitFor(5, TimeUnit.MINUTES), "it ends");
        }
        mount.close();
    }

    /** Boots the machine, attached, until its script runs. */
    private void boot(String append) throws Exception {
        Path script = Files.writeString(directory.resolve("script"), SCRIPT);
        assertTrue(script.toFile().setExecutable(true));
        Path getppids =
                TOOLCHAIN.clang(directory.resolve("getppids"), "-static", Checkout.SOURCES.resolve("c/getppids.c"));
        machine = mount.shell()
                .with("PGOFS_KERNEL_DIR", UserModeLinuxFixture.CACHE.toString())
                .with("PATH", path)
                .command(
                        Checkout.PGOFS.toString(),
                        "kernel",
                        "run",
                        "--machine",
                        "qemu",
                        "--init",
                        script.toString(),
                        "--add",
                        getppids.toString(),
                        "--attach",
                        mount.root().toString(),
                        "--append",
                        append)
                .redirectOutput(output().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        console = machine.getOutputStream();
        awaitOutput("READY", 1);
        Await.until("the kernel is found", () -> guest().get("state").equals("counting"));
    }

    private Path output() {
        return directory.resolve("console");
    }

    /** Waits until a line is there so many times. */
    private void awaitOutput(String line, int times) {
        Pattern whole = Pattern.compile("(?m)^" + line + "\\r?$");
        long end = System.nanoTime() + BOUND.toNanos();
        while (whole.matcher(text()).results().count() < times) {
            assertTrue(machine.isAlive() && System.nanoTime() - end < 0, () -> "no " + line + " in " + text());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private String text() {
        try {
            return Files.readString(output(), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private void tell(String command) throws IOException {
        console.write((command + "\n").getBytes(StandardCharsets.US_ASCII));
        console.flush();
    }

    private void run(String command) throws IOException {
        tell(command);
        awaitOutput("DONE " + command, 1);
    }

    /** What the status says of the machine; nothing if there is none. */
    private Map<?, ?> guest() {
        try {
            Object status = Json.parse(Files.readString(mount.root().resolve("pgo/.status.json")));
            List<?> guests = (List<?>) ((Map<?, ?>) status).get("guests");
            return guests.isEmpty() ? Map.of("state", "none") : (Map<?, ?>) guests.get(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long calls() {
        return mount.profile(TOOLCHAIN).calls(SYSTEM_CALL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nokaslr", ""})
    void shouldCountTheCallsOfAGuestExactly(String append) throws Exception {
        boot(append);
        mount.reset();
        run("getppids 10000");
        Profile profile = mount.profile(TOOLCHAIN);
        assertEquals(10000, profile.calls(SYSTEM_CALL));
        // What was counted before the reset is not there.
        for (String function : List.of("start_kernel", "rest_init", "mnt_init")) {
            assertEquals(
                    0,
                    profile.counts().get(function).stream()
                            .flatMap(List::stream)
                            .mapToLong(Long::longValue)
                            .sum(),
                    function);
        }

        mount.killDaemon();
        run("getppids 200");
        mount.startDaemon();
        assertEquals(10200, calls());
        assertEquals("counting", guest().get("state"));

        run("getppids 30");
        machine.descendants()
                .filter(process -> process.info().command().orElse("").contains("qemu"))
                .forEach(ProcessHandle::destroyForcibly);
        assertEquals(10230, calls());
        assertEquals(1, machine.waitFor());
        assertEquals(10230, calls());
        assertEquals("none", guest().get("state"));
    }

    /** As when it has crashed: from then on nothing is known of it but the dump. */
    @Test
    void shouldReadTheLastCountsOutOfADump() throws Exception {
        Path monitor = directory.resolve("monitor");
        Path tools = Files.createDirectory(directory.resolve("tools"));
        Path qemu = Files.writeString(
                tools.resolve("qemu-system-x86_64"),
                "#!/bin/sh\nPATH=${PATH#*:}\nexec qemu-system-x86_64 -monitor unix:" + monitor
                        + ",server,nowait \"$@\"\n");
        assertTrue(qemu.toFile().setExecutable(true));
        path = tools + ":" + path;
        boot("");
        run("getppids 10000");
        Path dump = directory.resolve("dump");
        Path physical = directory.resolve("physical");
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(monitor))) {
            ask(channel, "stop");
            ask(channel, "dump-guest-memory -p " + dump);
            ask(channel, "dump-guest-memory " + physical);
        }
        machine.descendants()
                .filter(process -> process.info().command().orElse("").contains("qemu"))
                .forEach(ProcessHandle::destroyForcibly);
        machine.waitFor();
        mount.reset();
        assertEquals(0, Files.size(mount.profraw()));

        Path vmlinux = UserModeLinuxFixture.CACHE.resolve("x86_64/vmlinux");
        Shell.Result refused = attach(physical, vmlinux);
        assertEquals(1, refused.status());
        assertTrue(refused.errors().contains("take it by dump-guest-memory -p"), refused.errors());
        attach(dump, vmlinux).ok();
        // The shells that the guest started with make some calls too.
        long calls = calls();
        assertTrue(calls >= 10000 && calls < 10100, "calls: " + calls);
    }

    private Shell.Result attach(Path core, Path vmlinux) {
        return Shell.in(directory)
                .run(
                        Checkout.PGOFS.toString(),
                        "attach",
                        "--core",
                        core.toString(),
                        "--vmlinux",
                        vmlinux.toString(),
                        mount.root().toString());
    }

    /** Has QEMU's monitor do something, to its end: only then it does the next thing. */
    private static void ask(SocketChannel monitor, String command) throws IOException {
        monitor.write(StandardCharsets.US_ASCII.encode(command + "\ninfo version\n"));
        StringBuilder answer = new StringBuilder();
        ByteBuffer bytes = ByteBuffer.allocate(1 << 12);
        // The version is on a line of its own.
        while (!VERSION.matcher(answer).find()) {
            assertTrue(monitor.read(bytes.clear()) > 0, () -> "the monitor ended after " + answer);
            answer.append(StandardCharsets.ISO_8859_1.decode(bytes.flip()));
        }
    }

    @Test
    void shouldNoticeARebootAndLeaveNothingBehind() throws Exception {
        boot("");
        Path memory = Path.of((String) guest().get("memory"));
        assertTrue(Files.exists(memory));
        mount.reset();
        run("getppids 100");
        assertEquals(100, calls());
        tell("reboot -f");
        awaitOutput("READY", 2);
        Await.until("the kernel is found again", () -> guest().get("state").equals("counting"));
        assertEquals(1L, guest().get("reboots"));
        // The shells that the guest started with make some calls too.
        long before = calls();
        assertTrue(before >= 100 && before < 120, "calls: " + before);
        run("getppids 7");
        assertEquals(before + 7, calls());

        tell("quit");
        assertEquals(7, machine.waitFor());
        assertEquals(before + 7, calls());
        assertEquals("none", guest().get("state"));
        assertFalse(Files.exists(memory));
    }
}
