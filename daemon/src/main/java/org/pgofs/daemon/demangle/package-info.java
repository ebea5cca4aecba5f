/** Names of functions as people write them. */
package org.pgofs.daemon.demangle;
