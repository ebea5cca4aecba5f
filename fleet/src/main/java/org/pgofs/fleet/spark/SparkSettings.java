package org.pgofs.fleet.spark;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.SparkConf;

/**
 * The settings of Spark for a work: what the caller says, then those of {@code spark-submit} if that has started this process,
 * then the file {@code spark-defaults.conf} as there, then what suits a work that ends when its results are there.
 */
final class SparkSettings {
    static final String MASTER = "spark.master";

    /** Set by the launcher: what executors on other machines need beside Spark. */
    private static final String OWN_JAR = "pgofs.spark.jar";

    private SparkSettings() {}

    /**
     * The settings.
     *
     * @param master where Spark runs, as Spark names it; null for that of {@code spark-submit}
     * @param given by the caller, with names that begin with {@code spark.}
     * @return the settings, with a master
     * @throws IOException if they cannot be read; the message names the file
     */
    static SparkConf of(String master, Map<String, String> given) throws IOException {
        SparkConf conf = new SparkConf();
        given.forEach(conf::set);
        if (master != null) {
            conf.setMaster(master);
        }
        addDefaults(conf);
        conf.setIfMissing("spark.app.name", "pgofs fleet merge");
        // Nobody looks at the pages of a process that ends with its work, and their port is open to all.
        conf.setIfMissing("spark.ui.enabled", "false");
        conf.set("spark.serializer", "org.apache.spark.serializer.JavaSerializer"); // results are Externalizable
        String jar = System.getProperty(OWN_JAR);
        if (jar != null) {
            conf.set("spark.jars", conf.contains("spark.jars") ? conf.get("spark.jars") + "," + jar : jar);
        }
        if (new MasterUrl(conf.get(MASTER)).isLocal()) {
            stayInside(conf);
        } else if (!conf.contains("spark.jars")) {
            throw new IOException(
                    "this installation has no pgofs-fleet-spark.jar, which executors need: build it in a checkout,"
                            + " by ./pgofs build, and name it by --conf spark.jars=FILE");
        }
        return conf;
    }

    /** Spark listens even where it has no others to talk to: only for itself, by a secret that it makes. */
    private static void stayInside(SparkConf conf) {
        conf.setIfMissing("spark.driver.host", "127.0.0.1");
        conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
        conf.setIfMissing("spark.authenticate", "true");
    }

    private static void addDefaults(SparkConf conf) throws IOException {
        String directory = System.getenv("SPARK_CONF_DIR");
        String home = System.getenv("SPARK_HOME");
        if (directory == null && home == null) {
            return;
        }
        Path file = directory == null ? Path.of(home, "conf") : Path.of(directory);
        Properties defaults = new Properties();
        try (Reader text = Files.newBufferedReader(file.resolve("spark-defaults.conf"))) {
            defaults.load(text);
        } catch (NoSuchFileException e) {
            return;
        } catch (IllegalArgumentException e) {
            throw new IOException(file.resolve("spark-defaults.conf") + ": " + e.getMessage(), e);
        }
        for (String name : defaults.stringPropertyNames()) {
            if (name.startsWith("spark.")) {
                conf.setIfMissing(name, defaults.getProperty(name).strip());
            }
        }
    }
}
