# What travels inside the program: files as arrays of one C source.
#
# embed(TARGET SET [TREES] [ROOT folder] [PREFIX text] FILES file...) adds to
# TARGET a source that defines embedded_SET[] and embedded_SET_count
# (base/embedded.h), in the order given. Files are named from ROOT (default: the
# current source folder); in the program their names begin with PREFIX. TREES: they
# are YAML and go in as read, too; the program embed_trees writes the source then.
#
# The same file, run as a script at build time, writes that source:
# cmake -DSET= -DROOT= -DPREFIX= -DFILES= -DOUT= -P embed.cmake
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

  function(embed target set)
    cmake_parse_arguments(arg "TREES" "ROOT;PREFIX" "FILES" ${ARGN})
    if(NOT arg_ROOT)
      set(arg_ROOT ${CMAKE_CURRENT_SOURCE_DIR})
    endif()
    set(paths ${arg_FILES})
    list(TRANSFORM paths PREPEND ${arg_ROOT}/)
    set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${set}.c)
    target_sources(${target} PRIVATE ${out})
    if(arg_TREES)
      add_custom_command(OUTPUT ${out} VERBATIM
        COMMAND embed_trees ${set} ${arg_PREFIX} ${arg_ROOT} ${out} ${arg_FILES}
        DEPENDS ${paths} embed_trees
        COMMENT "Embedding ${set}")
      return()
    endif()
    add_custom_command(OUTPUT ${out} VERBATIM
      COMMAND ${CMAKE_COMMAND} -DSET=${set} -DROOT=${arg_ROOT}
        -DPREFIX=${arg_PREFIX} "-DFILES=${arg_FILES}" -DOUT=${out}
        -P ${EMBED_SCRIPT}
      DEPENDS ${paths} ${EMBED_SCRIPT}
      COMMENT "Embedding ${set}")
  endfunction()
  return()
endif()

set(arrays "")
set(rows "")
set(count 0)
foreach(file ${FILES})
  file(READ ${ROOT}/${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const unsigned char text_${count}[] = {${bytes}0};\n")
  string(APPEND rows "\t{\"${PREFIX}${file}\", (const char *)text_${count}, sizeof text_${count} - 1, NULL, NULL},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "/* Made by cmake/embed.cmake. */
#include \"base/embedded.h\"

extern const struct embedded embedded_${SET}[];
extern const size_t embedded_${SET}_count;
${arrays}
const struct embedded embedded_${SET}[] = {
${rows}\t{0},
};
const size_t embedded_${SET}_count = ${count};
")
