# Instruments what a Makefile builds, and chooses files as Makefiles of the Linux kernel do. It is included after CC and CXX
# are set, best at the end, and does nothing unless make is called with CONFIG_PGO_CLANG=y:
#
#   include $(shell pgofs config --makefile)
#
#   PGO_PROFILE_main.o := y    this file alone, or one in a directory that is left out
#   PGO_PROFILE := y           all files of this Makefile
#   PGO_PROFILE_main.o := n    all files but this one
#   PGO_PROFILE := n           none
#
# The line of a file comes before that of all files. Without a line a file is instrumented, unless other lines of the
# Makefile say y: then only what they name is. The names of gcov, GCOV_PROFILE_main.o, GCOV_PROFILE and
# CONFIG_GCOV_KERNEL=y, mean the same. A target counts by its name without directory and suffix: obj/main.lo is main.o.

ifneq ($(filter y,$(CONFIG_PGO_CLANG) $(CONFIG_GCOV_KERNEL)),)

pgo-cc := $(realpath $(dir $(realpath $(lastword $(MAKEFILE_LIST))))../bin/pgofs) cc

# y, or a word with n, as in the kernel: of a file, of all, or of neither.
pgo-lines = $(filter PGO_PROFILE PGO_PROFILE_%.o GCOV_PROFILE GCOV_PROFILE_%.o,$(.VARIABLES))
pgo-otherwise = $(if $(filter y,$(foreach line,$(pgo-lines),$($(line)))),n,y)
pgo-says = $(firstword $(PGO_PROFILE_$(1)) $(GCOV_PROFILE_$(1)) $(PGO_PROFILE) $(GCOV_PROFILE) $(pgo-otherwise))

# What stands before the compiler for a target. Programs and libraries get the runtime: others of their files may count.
pgo-object = $(filter %.o %.lo %.os %.obj,$(1))
pgo-wrapper = $(if $(filter-out n%,$(call pgo-says,$(basename $(notdir $(1))).o)),$(pgo-cc) --,$\
  $(if $(call pgo-object,$(1)),,$(pgo-cc) --link-only --))

# The make that called this one may have exported its own. make's usual compiler is that of the system, which is not clang.
pgo-bare = $(strip $(subst $(pgo-cc) --,,$(subst $(pgo-cc) --link-only --,,$(1))))
pgo-clang := $(if $(filter default,$(origin CC)),clang,$(call pgo-bare,$(CC)))
pgo-clang++ := $(if $(filter default,$(origin CXX)),clang++,$(call pgo-bare,$(CXX)))
override CC = $(call pgo-wrapper,$@) $(pgo-clang)
override CXX = $(call pgo-wrapper,$@) $(pgo-clang++)

endif
