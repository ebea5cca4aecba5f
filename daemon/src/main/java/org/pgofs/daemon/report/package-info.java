/** {@code pgofs report}: a profile as a page for a browser. */
package org.pgofs.daemon.report;
