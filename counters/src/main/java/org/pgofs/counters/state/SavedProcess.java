package org.pgofs.counters.state;

/**
 * A process that is read.
 *
 * @param name of it as a member, of no other process and no other image
 * @param digest of the image
 * @param owner whose it is
 * @param pid its number here
 * @param start when it was started, in ticks
 * @param address of its counters
 */
public record SavedProcess(String name, String digest, int owner, int pid, long start, long address)
        implements Sampled {
    static final String WORD = "process";

    static SavedProcess of(String[] field) {
        return new SavedProcess(
                field[1],
                field[2],
                Integer.parseInt(field[3]),
                Integer.parseInt(field[4]),
                Long.parseLong(field[5]),
                Long.parseLong(field[6]));
    }

    @Override
    public String fileName() {
        return "sample-" + name;
    }

    @Override
    public void appendTo(StringBuilder text) {
        SavedImage.line(text, WORD, name, digest, owner, pid, start, address);
    }
}
