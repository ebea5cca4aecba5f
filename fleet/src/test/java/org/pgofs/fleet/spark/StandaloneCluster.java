package org.pgofs.fleet.spark;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pgofs.fleet.FleetProcess;

/**
 * A master and workers on loopback, each a process of its own, out of the jars on this test's class path: Maven Central has no
 * scripts of Spark.
 */
final class StandaloneCluster implements AutoCloseable {
    private static final long MOST_SECONDS = 120;

    /** How the names of jars begin that are on this test's class path and not in a Spark. */
    private static final Pattern OTHERS = Pattern.compile(
            "(counters|profraw-writer|fs|daemon|fleet|picocli|jnr|jffi|prometheus|archunit|junit|jqwik)-.*");

    private static final String LOG =
            """
            <configuration>
              <appender name="log" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%level %logger{0}: %msg%n</pattern></encoder>
              </appender>
              <root level="INFO"><appender-ref ref="log"/></root>
            </configuration>
            """;

    private final Path home;
    private final String master;
    private final List<Process> processes = new ArrayList<>();

    private StandaloneCluster(Path home, String master) {
        this.home = home;
        this.master = master;
    }

    static StandaloneCluster start(Path directory, int workers) throws IOException, InterruptedException {
        Path home = Files.createDirectories(directory.resolve("spark"));
        linkJars(Files.createDirectories(home.resolve("jars")));
        Files.writeString(Files.createDirectories(home.resolve("conf")).resolve("logback.xml"), LOG);
        int port = freePort();
        StandaloneCluster cluster = new StandaloneCluster(home, "spark://127.0.0.1:" + port);
        cluster.run("master", "master.Master", "--host", "127.0.0.1", "--port", "" + port, "--webui-port", "0");
        waitFor(() -> cluster.log("master").contains("I have been elected leader"));
        for (int i = 0; i < workers; i++) {
            cluster.run(
                    "worker-" + i,
                    "worker.Worker",
                    "--host",
                    "127.0.0.1",
                    "--cores",
                    "1",
                    "--memory",
                    "1g",
                    "--webui-port",
                    "0",
                    "--work-dir",
                    home.resolve("work-" + i).toString(),
                    cluster.master);
        }
        waitFor(() -> cluster.log("master")
                        .lines()
                        .filter(line -> line.contains("Registering worker"))
                        .count()
                == workers);
        return cluster;
    }

    private static void linkJars(Path jars) throws IOException {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path jar = Path.of(entry).toAbsolutePath();
            String name = jar.getFileName().toString();
            if (name.endsWith(".jar") && !OTHERS.matcher(name).matches()) {
                Files.createSymbolicLink(jars.resolve(name), jar);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void run(String name, String... words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(words))
                .redirectErrorStream(true)
                .redirectOutput(home.resolve(name + ".log").toFile());
        builder.environment().putAll(environment());
        processes.add(builder.start());
    }

    /** Runs a class of Spark's, with the words behind it. */
    private List<String> command(String... words) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + home)); // who is killed clears nothing up
        command.addAll(FleetProcess.OPENS);
        command.addAll(List.of("-cp", home + "/conf:" + home + "/jars/*", "org.apache.spark.deploy." + words[0]));
        command.addAll(Arrays.asList(words).subList(1, words.length));
        return command;
    }

    private Map<String, String> environment() {
        return Map.of(
                "SPARK_HOME",
                home.toString(),
                "SPARK_SCALA_VERSION",
                "2.13",
                "SPARK_LOCAL_IP",
                "127.0.0.1",
                "SPARK_LOCAL_DIRS",
                home.toString());
    }

    /** Submits a program, and waits for its end. */
    FleetProcess.Ended submit(Path jar, String... words) {
        List<String> command = new ArrayList<>(List.of("env"));
        environment().forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(command(
                "SparkSubmit",
                "--master",
                master,
                "--conf",
                "spark.driver.host=127.0.0.1",
                "--conf",
                "spark.executor.memory=512m",
                jar.toString()));
        command.addAll(List.of(words));
        return FleetProcess.run(command);
    }

    private String log(String name) {
        try {
            return Files.readString(home.resolve(name + ".log"));
        } catch (IOException e) {
            return "";
        }
    }

    private static void waitFor(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + MOST_SECONDS * 1_000_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("the cluster did not come up");
            }
            Thread.sleep(50);
        }
    }

    String master() {
        return master;
    }

    /** The processes in which tasks run. */
    List<ProcessHandle> executors() {
        return workers().flatMap(ProcessHandle::children).toList();
    }

    private Stream<ProcessHandle> workers() {
        return processes.stream().skip(1).map(Process::toHandle);
    }

    /** By SIGKILL, the worker first: it would start another one. */
    void killAnExecutorAndItsWorker(String id) {
        ProcessHandle executor = executors().stream()
                .filter(one -> words(one).contains("--executor-id\0" + id + "\0"))
                .findFirst()
                .orElseThrow();
        executor.parent().orElseThrow().destroyForcibly();
        executor.destroyForcibly();
    }

    private static String words(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    /** The links too: JUnit warns of each. */
    @Override
    public void close() throws IOException {
        List<ProcessHandle> all = new ArrayList<>(executors());
        processes.forEach(process -> all.add(process.toHandle()));
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(home.resolve("jars"))) {
            for (Path jar : jars) {
                Files.delete(jar);
            }
        }
    }
}
