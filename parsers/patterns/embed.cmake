# cmake -DFILES=<file;file...> -DOUT=<file.c> -P embed.cmake
# Writes the pattern files into one C source, in the order given: the order in
# which their patterns are tried.
set(arrays "")
set(rows "")
set(count 0)
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const unsigned char text_${count}[] = {${bytes}0};\n")
  string(APPEND rows "\t{\"patterns/${name}\", text_${count}, sizeof text_${count} - 1},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "/* Made from parsers/patterns/ by its embed.cmake. */
#include \"parsers/patterns/embedded.h\"

${arrays}
const struct embedded_pattern embedded_patterns[] = {
${rows}\t{NULL, NULL, 0},
};
const size_t embedded_patterns_count = ${count};
")
