# find_package(pgofs): the target pgofs::pgofs, whose users are instrumented and publish their counters, and the function
# pgofs_instrument(TARGET...), which makes targets its users. The package is not found by a project whose compiler is not clang.
cmake_policy(VERSION 3.15)

foreach(language IN ITEMS C CXX)
  if(CMAKE_${language}_COMPILER_LOADED AND NOT CMAKE_${language}_COMPILER_ID STREQUAL "Clang")
    set(pgofs_FOUND FALSE)
    set(pgofs_NOT_FOUND_MESSAGE "${CMAKE_${language}_COMPILER} is not clang: give CMAKE_${language}_COMPILER")
    return()
  endif()
endforeach()

if(NOT TARGET pgofs::pgofs)
  get_filename_component(pgofs_file "${CMAKE_CURRENT_LIST_FILE}" REALPATH) # a package has a link to it
  get_filename_component(pgofs_command "${pgofs_file}/../../../../bin/pgofs" REALPATH)
  # For another machine: as clang is told, or else as the toolchain file says.
  set(pgofs_target "")
  if(CMAKE_C_COMPILER_TARGET)
    set(pgofs_target --target "${CMAKE_C_COMPILER_TARGET}")
  elseif(CMAKE_CXX_COMPILER_TARGET)
    set(pgofs_target --target "${CMAKE_CXX_COMPILER_TARGET}")
  elseif(CMAKE_CROSSCOMPILING)
    string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}-${CMAKE_SYSTEM_NAME}" pgofs_target)
    set(pgofs_target --target "${pgofs_target}")
  endif()
  foreach(option IN ITEMS cflags libs)
    execute_process(
      COMMAND "${pgofs_command}" config --${option} ${pgofs_target}
      OUTPUT_VARIABLE pgofs_${option} OUTPUT_STRIP_TRAILING_WHITESPACE
      ERROR_VARIABLE pgofs_error ERROR_STRIP_TRAILING_WHITESPACE
      RESULT_VARIABLE pgofs_result)
    if(pgofs_result)
      set(pgofs_FOUND FALSE)
      set(pgofs_NOT_FOUND_MESSAGE "${pgofs_command} config --${option}: ${pgofs_result} ${pgofs_error}")
      return()
    endif()
  endforeach()
  separate_arguments(pgofs_libs UNIX_COMMAND "${pgofs_libs}")
  add_library(pgofs::pgofs INTERFACE IMPORTED)
  set_target_properties(
    pgofs::pgofs PROPERTIES INTERFACE_COMPILE_OPTIONS "$<$<COMPILE_LANGUAGE:C,CXX,OBJC,OBJCXX>:SHELL:${pgofs_cflags}>"
                            INTERFACE_LINK_LIBRARIES "${pgofs_libs}") # link options would stop at a static library
endif()

# Instruments targets. Who links a static or object library of them gets the runtime, and is not instrumented by that.
function(pgofs_instrument)
  foreach(target IN LISTS ARGN)
    if(NOT TARGET ${target})
      message(FATAL_ERROR "pgofs_instrument: there is no target ${target}")
    endif()
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "INTERFACE_LIBRARY" OR type STREQUAL "UTILITY")
      message(FATAL_ERROR "pgofs_instrument: ${target} compiles nothing: name the targets that use it")
    endif()
    # As target_link_libraries(PRIVATE), which a project that calls it without PRIVATE may not call.
    set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES pgofs::pgofs)
    if(type STREQUAL "STATIC_LIBRARY" OR type STREQUAL "OBJECT_LIBRARY")
      set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES $<LINK_ONLY:pgofs::pgofs>)
    endif()
  endforeach()
endfunction()
