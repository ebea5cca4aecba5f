package org.pgofs.fleet;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Some percent on the command line: {@code 30%}, or {@code 30}. */
final class PercentWord implements ITypeConverter<BigDecimal> {
    private static final Pattern WORD = Pattern.compile("([0-9]{1,3}(\\.[0-9]{1,4})?) ?%?");

    @Override
    public BigDecimal convert(String word) {
        Matcher number = WORD.matcher(word);
        if (!number.matches()) {
            throw new TypeConversionException("'" + word + "' is no percentage: give one such as 30%");
        }
        return new BigDecimal(number.group(1));
    }
}
