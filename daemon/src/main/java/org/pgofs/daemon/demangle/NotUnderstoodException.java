package org.pgofs.daemon.demangle;

/** A name is not one of those that are known. */
final class NotUnderstoodException extends Exception {
    private static final long serialVersionUID = 1;

    NotUnderstoodException(String why) {
        super(why, null, false, false);
    }
}
