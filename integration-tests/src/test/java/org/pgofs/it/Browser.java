package org.pgofs.it;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A headless Chromium with one page, driven by its DevTools protocol. */
final class Browser implements AutoCloseable {
    private final Process process;
    private final WebSocket socket;
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final List<String> requests = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private boolean loaded;
    private long commands;

    private Browser(Process process, URI page) {
        this.process = process;
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(page, new Listener())
                .join();
    }

    /** Collects the parts of messages. */
    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                messages.add(message.toString());
                message.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    /** Starts it, with what it keeps in a directory. */
    static Browser start(Path directory) throws IOException, InterruptedException {
        Path profile = Files.createDirectory(directory.resolve("browser"));
        Process process = Shell.in(directory)
                .with("HOME", profile.toString())
                .command(
                        "chromium",
                        "--headless=new",
                        "--no-sandbox", // which root cannot have
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("browser.log").toFile())
                .start();
        try {
            Path port = profile.resolve("DevToolsActivePort");
            Await.until("the browser listens", () -> {
                if (!process.isAlive()) {
                    throw new AssertionError("the browser ended with " + process.exitValue());
                }
                return Files.exists(port) && lines(port).size() == 2;
            });
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + lines(port).get(0) + "/json/new"))
                    .method("PUT", HttpRequest.BodyPublishers.noBody())
                    .build();
            String page = HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
            Browser browser = new Browser(
                    process, URI.create((String) ((Map<?, ?>) Json.parse(page)).get("webSocketDebuggerUrl")));
            for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
                browser.call(domain + ".enable", Map.of());
            }
            return browser;
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Opens a file, and waits until it is loaded. */
    void open(Path file) throws IOException {
        loaded = false;
        requests.clear();
        complaints.clear();
        call("Page.navigate", Map.of("url", file.toUri().toString()));
        while (!loaded) {
            take(next());
        }
    }

    /** What the last page has requested, itself first. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** Errors and warnings of the last page. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** The value of an expression of JavaScript. */
    Object value(String expression) throws IOException {
        Map<?, ?> answer = call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
        if (answer.containsKey("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        return ((Map<?, ?>) answer.get("result")).get("value");
    }

    /** Gives a command, and waits for its answer. */
    Map<?, ?> call(String method, Map<String, ?> parameters) throws IOException {
        long id = ++commands;
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("id", id);
            json.writeStringField("method", method);
            json.writeFieldName("params");
            write(json, parameters);
            json.writeEndObject();
        }
        socket.sendText(text.toString(), true).join();
        while (true) {
            Map<?, ?> message = next();
            if (Long.valueOf(id).equals(message.get("id"))) {
                if (message.containsKey("error")) {
                    throw new AssertionError(method + ": " + message.get("error"));
                }
                return (Map<?, ?>) message.get("result");
            }
            take(message);
        }
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                json.writeFieldName((String) entry.getKey());
                write(json, entry.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                write(json, element);
            }
            json.writeEndArray();
        } else if (value instanceof Boolean bool) {
            json.writeBoolean(bool);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString((String) value);
        }
    }

    private Map<?, ?> next() throws IOException {
        String message;
        try {
            message = messages.poll(3, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (message == null) {
            throw new AssertionError("the browser does not answer");
        }
        return (Map<?, ?>) Json.parse(message);
    }

    private void take(Map<?, ?> event) {
        Map<?, ?> parameters = (Map<?, ?>) event.get("params");
        switch (String.valueOf(event.get("method"))) {
            case "Page.loadEventFired" -> loaded = true;
            case "Network.requestWillBeSent" ->
                requests.add((String) ((Map<?, ?>) parameters.get("request")).get("url"));
            case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded" ->
                complaints.add(parameters.toString());
            default -> {}
        }
    }

    @Override
    public void close() throws IOException {
        call("Browser.close", Map.of());
        process.onExit().completeOnTimeout(process, 1, TimeUnit.MINUTES).join();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        socket.abort();
    }
}
