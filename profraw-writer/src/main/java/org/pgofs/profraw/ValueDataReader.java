package org.pgofs.profraw;

import static org.pgofs.profraw.MalformedProfileException.require;

import java.nio.ByteBuffer;
import java.util.List;
import org.pgofs.counters.counts.ValueCounts;

/** Reads the value data of a raw profile; {@link ValueData} has the diagram. */
final class ValueDataReader {
    private final RawInput in;
    private final ValueCounts values = new ValueCounts();

    /** Reads the value data that begins where the input is. */
    ValueDataReader(RawInput in) {
        this.in = in;
    }

    /** Reads the entries of all functions that have value sites. */
    ValueCounts read(List<ParsedFunction> functions) throws MalformedProfileException {
        for (int i = 0; i < functions.size(); i++) {
            ParsedFunction function = functions.get(i);
            int kinds = 0;
            for (int sites : function.sites()) { // no stream: most functions have none, and there are very many
                kinds += sites > 0 ? 1 : 0;
            }
            if (kinds > 0) {
                readEntry(i, function, kinds);
            }
        }
        return values;
    }

    private void readEntry(int number, ParsedFunction function, int kinds) throws MalformedProfileException {
        String what = "value data of record " + number;
        int begin = in.position();
        long size = in.number(Integer.BYTES, what);
        long kindsThere = in.number(Integer.BYTES, what);
        require(kindsThere == kinds, "%s has %d kinds, its record %d", what, kindsThere, kinds);
        int site = function.valueSite();
        for (int kind = 0; kind < function.sites().size(); kind++) {
            int sites = function.sites().get(kind);
            if (sites > 0) {
                readKind(what, kind, site, sites);
                site += sites;
            }
        }
        require(in.position() - begin == size, "%s has %d bytes and says %d", what, in.position() - begin, size);
    }

    private void readKind(String what, int kind, int firstSite, int sites) throws MalformedProfileException {
        long kindThere = in.number(Integer.BYTES, what);
        require(kindThere == kind, "%s has kind %d where %d is due", what, kindThere, kind);
        long sitesThere = in.number(Integer.BYTES, what);
        require(sitesThere == sites, "%s has %d sites of kind %d, its record %d", what, sitesThere, kind, sites);
        ByteBuffer counts = in.takePadded(sites, 1, what);
        for (int i = 0; i < sites; i++) {
            for (int left = Byte.toUnsignedInt(counts.get(i)); left > 0; left--) {
                long value = in.number(Long.BYTES, what);
                long count = in.number(Long.BYTES, what);
                require(count != 0, "%s has a value that was observed 0 times", what);
                values.add(firstSite + i, value, count < 0 ? Long.MAX_VALUE : count);
            }
        }
    }
}
