package org.pgofs.daemon.service;

import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/** Prints the names of all classes of this program, as the JVM takes them that makes the archive of loaded classes. */
public final class OwnClasses {
    private static final String OURS = "org/pgofs/";
    private static final String CLASS = ".class";

    private OwnClasses() {}

    /**
     * Prints them, in lines.
     *
     * @param args none
     * @throws IOException if a jar cannot be read
     */
    public static void main(String[] args) throws IOException {
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            try (JarFile jar = new JarFile(path)) {
                names(jar).forEach(System.out::println);
            }
        }
    }

    private static List<String> names(JarFile jar) {
        return jar.stream()
                .map(ZipEntry::getName)
                .filter(name -> name.startsWith(OURS) && name.endsWith(CLASS) && !name.endsWith("package-info.class"))
                .map(name -> name.substring(0, name.length() - CLASS.length()))
                .toList();
    }
}
