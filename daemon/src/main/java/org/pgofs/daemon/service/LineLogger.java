package org.pgofs.daemon.service;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Writes what is worth knowing to standard error, each time with one system call. */
final class LineLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    private final transient LogLine form;

    LineLogger(String name, LogLine form) {
        this.name = name;
        this.form = form;
    }

    @Override
    public boolean isTraceEnabled() {
        return false;
    }

    @Override
    public boolean isDebugEnabled() {
        return false;
    }

    @Override
    public boolean isInfoEnabled() {
        return true;
    }

    @Override
    public boolean isWarnEnabled() {
        return true;
    }

    @Override
    public boolean isErrorEnabled() {
        return true;
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return name;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String message, Object[] arguments, Throwable failure) {
        String text = MessageFormatter.basicArrayFormat(message, arguments);
        byte[] lines =
                form.lines(level, Instant.now(), String.valueOf(text), failure).getBytes(StandardCharsets.UTF_8);
        System.err.write(lines, 0, lines.length);
    }
}
