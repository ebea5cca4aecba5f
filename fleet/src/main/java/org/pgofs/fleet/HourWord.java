package org.pgofs.fleet;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.pgofs.fleet.store.PieceName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A whole hour on the command line: {@code 2026-11-30}, {@code 2026-11-30T16:00Z}, or as stores have it. */
final class HourWord implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String word) {
        Instant hour = moment(word);
        if (!hour.equals(hour.truncatedTo(ChronoUnit.HOURS))) {
            throw new TypeConversionException("'" + word + "' is no whole hour: pieces lie in hours");
        }
        return hour;
    }

    private static Instant moment(String word) {
        try {
            return PieceName.parseHour(word);
        } catch (IllegalArgumentException e) {
            try {
                return word.indexOf('T') < 0
                        ? LocalDate.parse(word).atStartOfDay(ZoneOffset.UTC).toInstant()
                        : OffsetDateTime.parse(word).toInstant();
            } catch (DateTimeException other) {
                throw new TypeConversionException("'" + word
                        + "' is no hour: give a day such as 2026-11-30, or an hour such as 2026-11-30T16:00Z");
            }
        }
    }
}
