package org.pgofs.fs.fuse;

/**
 * The options of a mount, as debugfs has them. Every user may look at the mount point; the permissions of the nodes
 * decide about more.
 *
 * @param mode the permission bits of the root directory, 0 to 07777
 * @param uid the owner of everything (debugfs: of the root directory), an unsigned number, as the group is
 * @param gid the group of everything (debugfs: of the root directory)
 */
public record MountOptions(int mode, int uid, int gid) {
    /** Mode 0700, owned by root. */
    public static final MountOptions DEFAULT = new MountOptions(0700, 0, 0);

    private static final int OCTAL = 8;
    private static final int DECIMAL = 10;
    private static final int MAX_MODE = 07777;

    /** The largest number of a user and of a group: the one after it means "unchanged" to chown. */
    public static final long MAX_ID = 0xffff_fffeL;

    /**
     * Reads the argument of {@code -o}. What is not given is as in {@link #DEFAULT}; the last of several counts.
     * {@code allow_other}, which FUSE file systems know, is accepted and always on.
     *
     * @param options {@code mode=OCTAL}, {@code uid=NUMBER}, {@code gid=NUMBER}, separated by commas; may be empty
     * @return the options
     * @throws IllegalArgumentException if an option is unknown or its value is none; the message names it
     */
    public static MountOptions parse(String options) {
        int mode = DEFAULT.mode;
        int uid = DEFAULT.uid;
        int gid = DEFAULT.gid;
        for (String option : options.split(",", 0)) {
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            switch (name) {
                case "mode" -> mode = (int) number(option, OCTAL, MAX_MODE);
                case "uid" -> uid = (int) number(option, DECIMAL, MAX_ID);
                case "gid" -> gid = (int) number(option, DECIMAL, MAX_ID);
                case "", "allow_other" -> {}
                default -> throw new IllegalArgumentException("unknown mount option '" + option + "'");
            }
        }
        return new MountOptions(mode, uid, gid);
    }

    private static long number(String option, int radix, long max) {
        try {
            long value = Long.parseLong(option.substring(option.indexOf('=') + 1), radix);
            if (value >= 0 && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The message below says all.
        }
        throw new IllegalArgumentException("mount option '" + option + "' needs a number from 0 to "
                + (radix == OCTAL ? "0" : "") + Long.toString(max, radix));
    }
}
