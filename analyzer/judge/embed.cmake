# cmake -DROOT=<rules folder> -DOUT=<file.c> -P embed.cmake
# Writes every rule file under ROOT into one C source.
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/verdicts/*.yaml ${ROOT}/causes/*.yaml)
list(SORT files)
set(arrays "")
set(rows "")
set(count 0)
foreach(file ${files})
  file(READ ${ROOT}/${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const unsigned char text_${count}[] = {${bytes}0};\n")
  string(APPEND rows "\t{\"rules/${file}\", text_${count}, sizeof text_${count} - 1},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUT} "/* Made from rules/ by analyzer/judge/embed.cmake. */
#include \"judge/rule.h\"

${arrays}
const struct embedded_rule embedded_rules[] = {
${rows}\t{NULL, NULL, 0},
};
const size_t embedded_rules_count = ${count};
")
