package org.pgofs.fleet.spark;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The name of a master, as Spark has it: {@code local[2]}, {@code spark://HOST:PORT,HOST:PORT}, {@code yarn}. */
final class MasterUrl {
    private static final String STANDALONE = "spark://";
    private static final Pattern LOCAL = Pattern.compile("local(\\[[^\\]]*\\])?");
    private static final int MOST_MILLISECONDS = 5000;

    private final String url;

    MasterUrl(String url) {
        this.url = url;
    }

    /** Whether this process does the work. */
    boolean isLocal() {
        return LOCAL.matcher(url).matches();
    }

    /**
     * Asks whether anybody listens there: Spark itself needs a minute to give up.
     *
     * @throws IOException if no master of the name does
     */
    void check() throws IOException {
        if (!url.startsWith(STANDALONE)) {
            return;
        }
        IOException last = null;
        for (String address : addresses()) {
            try {
                connect(address);
                return;
            } catch (UnknownHostException e) {
                last = new IOException("there is no host of that name", e);
            } catch (IOException e) {
                last = e;
            }
        }
        throw new IOException("no Spark master answers at " + url + ": " + last.getMessage(), last);
    }

    private List<String> addresses() {
        return Arrays.asList(url.substring(STANDALONE.length()).split(",", -1));
    }

    private void connect(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(address.substring(colon + 1));
            socket.connect(new InetSocketAddress(address.substring(0, Math.max(colon, 0)), port), MOST_MILLISECONDS);
        } catch (IllegalArgumentException e) {
            throw new IOException("give it as spark://HOST:PORT", e);
        }
    }

    @Override
    public String toString() {
        return url;
    }
}
