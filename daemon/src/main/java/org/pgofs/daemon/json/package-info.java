/** JSON as the daemon writes it and commands read it. */
package org.pgofs.daemon.json;
