/*
 * The files by which an instrumented image (an executable or a shared library) publishes its counters.
 *
 * Two kinds of file lie in the segment directory. All numbers are little-endian; all offsets count from the start of
 * the file; every area that is mapped starts at a multiple of the page size.
 *
 *   segment "s-..."  one per process and image, mapped shared by the target
 *
 *     0               page_size         counters.offset    bitmaps.offset    value_sites.offset relocated.offset file_size
 *     +---------------+-----------------+------------------+-----------------+------------------+----------------+
 *     | header        | control page    | counters         | bitmaps         | value sites      | relocated      |
 *     | written once  | the daemon's:   | __llvm_prf_cnts  | __llvm_prf_bits | fixed arrays     | seldom:        |
 *     | by the target | what was reset  | as the program   | as the program  | (value_site_size | addresses of   |
 *     |               |                 | increments it    | sets it         |  bytes a site)   | other images   |
 *     +---------------+-----------------+------------------+-----------------+------------------+----------------+
 *
 * A counter is 8 bytes, which the target only ever increments, or 1 byte that it sets to 0 (variant bit 60). The first
 * counter of a function may be a timestamp of 8 bytes (variant bit 63). Byte counters, bitmaps and timestamps cannot be
 * subtracted from what is served: the daemon resets those that it saw set, each to what it was at the start.
 *
 *   image "i-..."    one per user and image, immutable: what all processes of the image have in common
 *
 *     +--------+------------+---------+-------+---------+--------------+
 *     | header | binary ids | records | names | vtables | vtable names |
 *     +--------+------------+---------+-------+---------+--------------+
 *
 * Records and vtables are canonical: equal in all processes of the image, wherever it was loaded. Code and data
 * addresses are link-time addresses (run-time address minus load bias).
 *
 * An address in them may be another image's: a function or vtable that several images have is one for all of them, and the
 * dynamic linker decides whose. Then the record has the link-time address of the image's own, as in processes where that
 * is taken, or if it has none a number that no address is; and the segment says where it is in this process.
 *
 * A file is written under a name that starts with "t-" and renamed when it is complete. Names are never used twice.
 * The Java side is org.pgofs.counters.format.SegmentLayout, ImageLayout and RecordLayout; a test holds both sides equal.
 */
#ifndef PGOFS_FORMAT_H
#define PGOFS_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#define PGOFS_SEGMENT_MAGIC UINT64_C(0x31474553464f4750) /* "PGOFSEG1" */
#define PGOFS_IMAGE_MAGIC UINT64_C(0x31474d49464f4750)   /* "PGOFIMG1" */
#define PGOFS_FORMAT_VERSION 1u

#define PGOFS_SEGMENT_PREFIX "s-"
#define PGOFS_IMAGE_PREFIX "i-"
#define PGOFS_TEMPORARY_PREFIX "t-"
#define PGOFS_REFUSED_NAME ".refused"
#define PGOFS_REFUSED_PREFIX "r-" /* then the reason as a digit, "-", and what makes the name new */
#define PGOFS_DEFAULT_DIRECTORY "/run/pgofs"

/*
 * While a daemon runs, it has this file locked for writing, which nobody but root can do, and takes away what is counted.
 * Where none runs, a target does not publish into a directory that holds more than PGOFS_HELD_MAX bytes. How much it holds
 * a tmpfs says only if it has a limit: one of PGOFS_UNLIMITED bytes or more is none, since no machine has that memory.
 */
#define PGOFS_SERVING_NAME ".serving"
#define PGOFS_HELD_MAX (UINT64_C(256) << 20)
#define PGOFS_UNLIMITED (UINT64_C(1) << 50)

#define PGOFS_PATH_MAX 1024u       /* bytes of an image's path, without a terminating 0; a longer one loses its head */
#define PGOFS_BUILD_ID_MAX 64u     /* bytes */
#define PGOFS_VALUE_KINDS 3u       /* 0 indirect-call target, 1 memory-intrinsic size, 2 vtable address */
#define PGOFS_VALUE_SLOTS 24u      /* (value, count) pairs a site: as many as the compiler's own runtime keeps */

/* A part of a file. size is exact, not rounded to pages; an absent part has size 0 and offset 0. */
struct pgofs_area {
  uint64_t offset;
  uint64_t size; /* bytes */
};

/* What names an image: two 64-bit hashes over section sizes, raw version, build id, and either its records or the device,
 * inode, size and time of change of the file that it was loaded from. It finds the image file of one user again; which
 * images are one is decided by the daemon, by a digest of their content. */
struct pgofs_image_key {
  uint64_t word[2];
};

/* The image file of a segment is "i-UID-KEY" or, when that name was taken by somebody else, "i-UID-KEY-NONCE":
 * UID in decimal, KEY as 32 and NONCE as 16 lower-case hexadecimal digits, word[0] first. */
struct pgofs_segment_header {
  uint64_t magic;
  uint32_t version;
  uint32_t page_size; /* of the target; a power of two from 4096 to 65536; header and control page have this size */
  uint64_t file_size;
  uint64_t raw_version; /* __llvm_profile_raw_version, variant bits included; found from the records if there is none */
  struct pgofs_image_key image_key;
  uint64_t image_nonce; /* 0: the image file has its usual name. Written after publication, before the program runs. */
  struct pgofs_area counters;
  struct pgofs_area bitmaps;
  struct pgofs_area value_sites;
  uint32_t value_site_size; /* bytes; sizeof(struct pgofs_value_site), or 0 without value sites */
  uint32_t value_slots;     /* PGOFS_VALUE_SLOTS, or 0 without value sites */
  uint64_t load_bias;       /* run-time address minus link-time address */
  uint64_t link_begin;      /* link-time addresses of the image: [link_begin, link_end) */
  uint64_t link_end;
  uint64_t published_ns;    /* CLOCK_REALTIME */
  uint32_t pid;             /* in its own pid namespace; for people only, nothing is decided by it */
  uint32_t path_size;       /* bytes of path, at most PGOFS_PATH_MAX */
  uint32_t uid;             /* the UID in the image file's name: the owner, as the target's user namespace numbers it */
  uint32_t reserved;        /* 0 */
  char path[PGOFS_PATH_MAX];
  struct pgofs_area relocated; /* struct pgofs_relocated[]; absent without value sites, and 0 from runtimes without it */
};

/* A function or vtable of a record that is another image's in this process. */
struct pgofs_relocated {
  uint64_t address; /* where it is, at run time */
  uint64_t linked;  /* what the record has */
  uint64_t size;    /* bytes; 1 of a function */
};

/* What the daemon writes. */
struct pgofs_control {
  uint64_t reset_epoch;   /* a value site whose epoch is another one is empty */
  uint64_t cleared_epoch; /* of the last reset after which byte counters, bitmaps and timestamps have been cleared */
};

/* What is free is 0 in both. Slots are taken in order, so that they are in the order of their first observation. */
struct pgofs_value_slot {
  uint64_t value; /* run-time address, or bucketed size */
  uint64_t count; /* 0: the slot is free, whatever its value while it is being taken or cleared */
};

struct pgofs_value_site {
  uint64_t epoch;
  struct pgofs_value_slot slot[PGOFS_VALUE_SLOTS];
};

struct pgofs_image_header {
  uint64_t magic;
  uint32_t version;
  uint32_t header_size; /* in the lower half sizeof(struct pgofs_image_header), in the upper half for which machine the code
                           is: e_machine of ELF (183 AArch64), or 0 for x86-64 and if it is not known */
  uint64_t file_size;
  uint64_t raw_version;
  struct pgofs_image_key key;
  uint64_t counters_size;     /* bytes of __llvm_prf_cnts, as in the segments */
  uint64_t bitmaps_size;      /* bytes of __llvm_prf_bits */
  uint64_t value_sites;       /* number of value sites of all records together */
  struct pgofs_area binary_ids; /* as a raw profile has them: u64 length, bytes, 0 to a multiple of 8 */
  struct pgofs_area records;    /* struct pgofs_record[] */
  struct pgofs_area names;      /* __llvm_prf_names */
  struct pgofs_area vtables;    /* struct pgofs_vtable[] */
  struct pgofs_area vtable_names; /* __llvm_prf_vns */
};

/* One instrumented function, whatever the raw version of its compiler. */
struct pgofs_record {
  uint64_t name_ref;      /* first 8 bytes of the MD5 of the function's PGO name */
  uint64_t func_hash;     /* hash of the function's control flow */
  uint64_t counters_offset; /* bytes from the start of __llvm_prf_cnts */
  uint64_t bitmap_offset;   /* bytes from the start of __llvm_prf_bits; 0 without a bitmap */
  uint64_t function;        /* link-time address, see above; 0 if not known */
  uint32_t value_site;      /* number of the first value site, counted over the image; 0 without value sites */
  uint32_t counters;        /* number of counters; a timestamp is one of 8 bytes and 8 of 1 byte */
  uint16_t value_sites[PGOFS_VALUE_KINDS]; /* number of sites of each value kind, in this order */
  uint16_t reserved;        /* 0 */
  uint32_t bitmap_size;     /* bytes */
  uint32_t reserved2;       /* 0 */
};

struct pgofs_vtable {
  uint64_t name_hash;
  uint64_t address; /* link-time address, see above */
  uint32_t size;    /* bytes */
  uint32_t reserved; /* 0 */
};

/* Why an image did not publish. A target that finds the directory appends one byte with the reason to ".refused", or, if
 * a limit of its own forbids that, leaves an empty file whose name has the reason. */
enum pgofs_refusal {
  PGOFS_REFUSED_NO_SPACE = 1,     /* the directory's tmpfs is limited and full, or holds too much and no daemon runs */
  PGOFS_REFUSED_FILE_LIMIT = 2,   /* RLIMIT_FSIZE or RLIMIT_NOFILE of the target */
  PGOFS_REFUSED_NO_ACCESS = 3,    /* files cannot be created there by this user */
  PGOFS_REFUSED_NOT_ALIGNED = 4,  /* the counters or the bitmaps do not have their pages for themselves */
  PGOFS_REFUSED_RAW_VERSION = 5,  /* records of a raw version that the runtime does not know */
  PGOFS_REFUSED_BAD_SECTIONS = 6, /* records that point outside the counters, or sections of odd size */
  PGOFS_REFUSED_NOT_MAPPED = 7,   /* mmap failed */
  PGOFS_REFUSED_IO = 8,           /* any other error of a system call */
  PGOFS_REFUSED_VARIANT = 9,      /* a kind of instrumentation that cannot be shared */
  PGOFS_REFUSED_IN_PIECES = 10,   /* several sections have the name of one */
};

#define PGOFS_AT(type, field, offset) \
  _Static_assert(offsetof(struct pgofs_##type, field) == (offset), #type "." #field " is at " #offset)
#define PGOFS_SIZE(type, size) _Static_assert(sizeof(struct pgofs_##type) == (size), #type " has " #size " bytes")

PGOFS_AT(segment_header, magic, 0);
PGOFS_AT(segment_header, version, 8);
PGOFS_AT(segment_header, page_size, 12);
PGOFS_AT(segment_header, file_size, 16);
PGOFS_AT(segment_header, raw_version, 24);
PGOFS_AT(segment_header, image_key, 32);
PGOFS_AT(segment_header, image_nonce, 48);
PGOFS_AT(segment_header, counters, 56);
PGOFS_AT(segment_header, bitmaps, 72);
PGOFS_AT(segment_header, value_sites, 88);
PGOFS_AT(segment_header, value_site_size, 104);
PGOFS_AT(segment_header, value_slots, 108);
PGOFS_AT(segment_header, load_bias, 112);
PGOFS_AT(segment_header, link_begin, 120);
PGOFS_AT(segment_header, link_end, 128);
PGOFS_AT(segment_header, published_ns, 136);
PGOFS_AT(segment_header, pid, 144);
PGOFS_AT(segment_header, path_size, 148);
PGOFS_AT(segment_header, uid, 152);
PGOFS_AT(segment_header, reserved, 156);
PGOFS_AT(segment_header, path, 160);
PGOFS_AT(segment_header, relocated, 160 + PGOFS_PATH_MAX);
PGOFS_SIZE(segment_header, 176 + PGOFS_PATH_MAX);

PGOFS_AT(relocated, address, 0);
PGOFS_AT(relocated, linked, 8);
PGOFS_AT(relocated, size, 16);
PGOFS_SIZE(relocated, 24);

PGOFS_AT(control, reset_epoch, 0);
PGOFS_AT(control, cleared_epoch, 8);
PGOFS_SIZE(value_slot, 16);
PGOFS_AT(value_site, epoch, 0);
PGOFS_AT(value_site, slot, 8);
PGOFS_SIZE(value_site, 8 + 16 * PGOFS_VALUE_SLOTS);

PGOFS_AT(image_header, magic, 0);
PGOFS_AT(image_header, version, 8);
PGOFS_AT(image_header, header_size, 12);
PGOFS_AT(image_header, file_size, 16);
PGOFS_AT(image_header, raw_version, 24);
PGOFS_AT(image_header, key, 32);
PGOFS_AT(image_header, counters_size, 48);
PGOFS_AT(image_header, bitmaps_size, 56);
PGOFS_AT(image_header, value_sites, 64);
PGOFS_AT(image_header, binary_ids, 72);
PGOFS_AT(image_header, records, 88);
PGOFS_AT(image_header, names, 104);
PGOFS_AT(image_header, vtables, 120);
PGOFS_AT(image_header, vtable_names, 136);
PGOFS_SIZE(image_header, 152);

PGOFS_AT(record, name_ref, 0);
PGOFS_AT(record, func_hash, 8);
PGOFS_AT(record, counters_offset, 16);
PGOFS_AT(record, bitmap_offset, 24);
PGOFS_AT(record, function, 32);
PGOFS_AT(record, value_site, 40);
PGOFS_AT(record, counters, 44);
PGOFS_AT(record, value_sites, 48);
PGOFS_AT(record, reserved, 54);
PGOFS_AT(record, bitmap_size, 56);
PGOFS_AT(record, reserved2, 60);
PGOFS_SIZE(record, 64);

PGOFS_AT(vtable, name_hash, 0);
PGOFS_AT(vtable, address, 8);
PGOFS_AT(vtable, size, 16);
PGOFS_AT(vtable, reserved, 20);
PGOFS_SIZE(vtable, 24);

#undef PGOFS_AT
#undef PGOFS_SIZE

#endif
