/** How profiles grow while somebody looks, and when they are complete enough. */
package org.pgofs.daemon.history;
