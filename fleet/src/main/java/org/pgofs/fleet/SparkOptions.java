package org.pgofs.fleet;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pgofs.fleet.job.Merger;
import org.pgofs.fleet.job.Weights;
import org.pgofs.fleet.spark.SparkMerge;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options of a work that may be done on Apache Spark. */
final class SparkOptions {
    /** Set by {@code spark-submit}, which does not tell the program its words. */
    private static final String SUBMITTED_MASTER = "spark.master";

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--master",
            paramLabel = "MASTER",
            description = "Merge on Apache Spark, by Spark's name of where: local[*], spark://HOST:PORT, yarn,"
                    + " k8s://HOST:PORT. SPARK_HOME names Spark's directory: version 4, for Scala 2.13.")
    private String master;

    @Option(
            names = "--conf",
            paramLabel = "KEY=VALUE",
            description = "A setting of Spark, such as spark.executor.memory=2g. May be given several times.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--verbose", description = "Show what Spark logs.")
    private boolean verbose;

    /** For picocli. */
    SparkOptions() {}

    /** Whether somebody wants Spark. */
    boolean isAskedFor() {
        if (master == null && System.getProperty(SUBMITTED_MASTER) != null) {
            return true;
        }
        if (master == null && (verbose || !settings.isEmpty())) {
            throw new ParameterException(
                    spec.commandLine(), (verbose ? "--verbose" : "--conf") + " is for Spark: give --master too");
        }
        for (String name : settings.keySet()) {
            if (!name.startsWith("spark.")) {
                throw new ParameterException(
                        spec.commandLine(), "'" + name + "' is no setting of Spark: their names begin with spark.");
            }
        }
        return master != null;
    }

    /**
     * Starts Spark, or joins a cluster.
     *
     * @param store where the pieces are, by a name that means the same on all machines
     * @param weights of the pieces
     * @throws IOException if that is not possible; the message says why
     */
    Merger merger(String store, Weights weights) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        if (master != null) {
            log(verbose);
        }
        try {
            return new SparkMerge(master, settings, store, weights, notice -> err.println("pgofs: " + notice));
        } catch (LinkageError e) {
            throw new IOException(
                    "--master needs Spark: set SPARK_HOME to the directory of Spark 4 for Scala 2.13, the one with the"
                            + " directory jars",
                    e);
        }
    }

    /** What others than this project log is what Spark does, which its cluster logs too. */
    private static void log(boolean verbose) {
        if (LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(verbose ? Level.INFO : Level.OFF);
        }
    }
}
