package org.pgofs.it;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Passes bytes on between clients and a server, and keeps the lines of requests. What it is told to do, it does once. */
public final class S3Relay implements Closeable {
    private static final Pattern REQUEST = Pattern.compile("(?m)^((?:GET|PUT|HEAD|DELETE) \\S+) HTTP/1[.]1");
    private static final int BUFFER = 1 << 16;

    /** What can go wrong with a connection. */
    public enum Fault {
        /** Nothing is read, and nothing answered. */
        SILENT,
        /** The server gets the request, and does it; its answer is lost. */
        LOST_ANSWER,
    }

    private final int server;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool(run -> {
        Thread thread = new Thread(run, "relay");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> answers = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Fault> faults = new ConcurrentLinkedQueue<>();

    S3Relay(int server) throws IOException {
        this.server = server;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /**
     * Lets connections that come from now on fail; those that are there are ended.
     *
     * @param next one for each connection
     */
    public void fail(Fault... next) {
        faults.addAll(List.of(next));
        open.forEach(S3Relay::close);
    }

    /**
     * Answers requests itself, in place of the server; connections that are there are ended.
     *
     * @param answers status, code and further headers of each
     */
    public void answer(String... answers) {
        for (String answer : answers) {
            this.answers.add(answer);
        }
        open.forEach(S3Relay::close);
    }

    /**
     * What clients asked for since this was called last.
     *
     * @return methods and paths with queries
     */
    public List<String> takeRequests() {
        List<String> taken = List.copyOf(requests);
        requests.removeAll(taken);
        return taken;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        Fault fault = faults.poll();
        if (fault == Fault.SILENT) {
            return; // it stays open until the relay is closed
        }
        String answer = fault == null ? answers.poll() : null;
        try (client) {
            if (answer != null) {
                answer(client, answer);
                return;
            }
            try (Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server)) {
                open.add(upstream);
                threads.execute(() -> pass(client, upstream, true));
                if (fault == Fault.LOST_ANSWER) {
                    upstream.getInputStream().read();
                } else {
                    pass(upstream, client, false);
                }
                open.remove(upstream);
            }
        } catch (IOException e) {
            // One side has ended.
        } finally {
            open.remove(client);
        }
    }

    private void pass(Socket from, Socket to, boolean areRequests) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int size = in.read(buffer); size >= 0; size = in.read(buffer)) {
                if (areRequests) {
                    keepRequests(new String(buffer, 0, size, StandardCharsets.ISO_8859_1));
                }
                out.write(buffer, 0, size);
            }
        } catch (IOException e) {
            // One side has ended.
        }
        close(to);
        close(from);
    }

    private void keepRequests(String text) {
        Matcher lines = REQUEST.matcher(text);
        while (lines.find()) {
            requests.add(lines.group(1));
        }
    }

    private void answer(Socket client, String answer) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int size = client.getInputStream().read(buffer);
        keepRequests(new String(buffer, 0, Math.max(0, size), StandardCharsets.ISO_8859_1));
        String[] parts = answer.split("; ", -1);
        StringBuilder text =
                new StringBuilder("HTTP/1.1 " + parts[0].split(" ", -1)[0] + " no\r\nConnection: close\r\n");
        for (int i = 1; i < parts.length; i++) {
            text.append(parts[i]).append("\r\n");
        }
        String body = "<Error><Code>" + parts[0].split(" ", -1)[1] + "</Code></Error>";
        text.append("Content-Type: application/xml\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        client.getOutputStream().write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        client.shutdownOutput();
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(S3Relay::close);
        threads.shutdownNow();
    }
}
