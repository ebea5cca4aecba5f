package org.pgofs.daemon.client;

import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Makes paths of words of the command line. What is relative is so to where the caller is: this process is not there. */
public final class CallersPath implements ITypeConverter<Path> {
    /** Set by the launcher; empty if that directory is gone. */
    private static final String DIRECTORY = "pgofs.directory";

    /** Stands for bytes that are no text in the encoding of names of files. */
    private static final char NO_TEXT = '\uFFFD';

    private final String directory;

    private CallersPath(String directory) {
        this.directory = directory;
    }

    /**
     * Of the one who called this command.
     *
     * @return makes paths of his words
     */
    public static CallersPath ofThisProcess() {
        return new CallersPath(System.getProperty(DIRECTORY, System.getProperty("user.dir")));
    }

    @Override
    public Path convert(String word) {
        if (word.isEmpty()) { // an unset variable of a shell must not mean the working directory
            throw new TypeConversionException("the path is empty");
        }
        if (word.indexOf(NO_TEXT) >= 0) {
            throw new TypeConversionException("a name that is not UTF-8 cannot be used");
        }
        Path path = Path.of(word);
        if (!path.isAbsolute() && directory.isEmpty()) {
            throw new TypeConversionException("the working directory is gone: give an absolute path");
        }
        return Path.of(directory).resolve(path);
    }
}
