/** {@code pgofs top}: what programs count right now. */
package org.pgofs.daemon.top;
