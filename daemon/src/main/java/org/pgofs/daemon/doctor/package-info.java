/** What {@code pgofs doctor} looks at: whether the machine is ready, and whether a program is built as it should be. */
package org.pgofs.daemon.doctor;
