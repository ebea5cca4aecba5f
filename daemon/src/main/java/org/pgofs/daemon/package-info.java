/**
 * The daemon: it composes the {@code pgo/} tree out of the counter store, the raw profile writer and the file system, and
 * gives it a command line and a life cycle.
 */
package org.pgofs.daemon;
