/** What the build makes of the commands and of the documents: manual pages and completion. */
package org.pgofs.daemon.pages;
