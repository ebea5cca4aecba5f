package org.pgofs.daemon.client;

import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Makes a number of seconds of a word. */
public final class Seconds implements ITypeConverter<Double> {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?)(s|m|h|)");

    /** For picocli. */
    public Seconds() {}

    @Override
    public Double convert(String word) {
        Matcher time = TIME.matcher(word);
        if (!time.matches()) {
            throw new TypeConversionException("'" + word + "' is no time as 90s, 10m or 1h");
        }
        long unit =
                switch (time.group(2)) {
                    case "h" -> TimeUnit.HOURS.toSeconds(1);
                    case "m" -> TimeUnit.MINUTES.toSeconds(1);
                    default -> 1;
                };
        return Double.parseDouble(time.group(1)) * unit;
    }
}
