package org.pgofs.daemon.demangle;

/** RFC 3492, with {@code _} in place of {@code -}. */
final class Punycode {
    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int FIRST_BIAS = 72;
    private static final int FIRST = 0x80;

    private Punycode() {}

    static String decode(String text) throws NotUnderstoodException {
        int basic = Math.max(0, text.lastIndexOf('_'));
        StringBuilder decoded = new StringBuilder(text.substring(0, basic));
        int in = basic == 0 ? 0 : basic + 1;
        int code = FIRST;
        int index = 0;
        int bias = FIRST_BIAS;
        int length = decoded.length();
        while (in < text.length()) {
            int before = index;
            int weight = 1;
            for (int k = BASE; ; k += BASE) {
                if (in >= text.length() || weight > Integer.MAX_VALUE / BASE / BASE) {
                    throw new NotUnderstoodException("no punycode");
                }
                int digit = Character.digit(text.charAt(in), BASE);
                // Letters come first here.
                digit = digit < 0 ? -1 : digit < 10 ? digit + T_MAX : digit - 10;
                in++;
                if (digit < 0) {
                    throw new NotUnderstoodException("no punycode");
                }
                index += digit * weight;
                int threshold = Math.max(T_MIN, Math.min(T_MAX, k - bias));
                if (digit < threshold) {
                    break;
                }
                weight *= BASE - threshold;
            }
            length++;
            bias = adapt(index - before, length, before == 0);
            code += index / length;
            index %= length;
            if (index < 0 || !Character.isValidCodePoint(code)) {
                throw new NotUnderstoodException("no punycode");
            }
            decoded.insert(decoded.offsetByCodePoints(0, index), Character.toString(code));
            index++;
        }
        return decoded.toString();
    }

    private static int adapt(int difference, int length, boolean first) {
        int delta = first ? difference / DAMP : difference / 2;
        delta += delta / length;
        int k = 0;
        while (delta > (BASE - T_MIN) * T_MAX / 2) {
            delta /= BASE - T_MIN;
            k += BASE;
        }
        return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
    }
}
