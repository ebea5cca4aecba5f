/** What the kernel has of a tree: inodes, open files, and how much memory they may keep for each user. */
package org.pgofs.fs.open;
