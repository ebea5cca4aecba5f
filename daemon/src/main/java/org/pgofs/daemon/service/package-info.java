/** What the daemon tells whoever keeps it: its state, and its log. */
package org.pgofs.daemon.service;
