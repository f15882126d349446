# Four readers of libarchive, and what they need. The shared library brings the
# XML and Unicode libraries of formats that are never read here: 40 MB of
# address space and 2.5 ms at every start (analyzer/decisions/0110). So it is
# linked from its .a where there is one that the libraries at hand complete.
find_library(ARCHIVE_STATIC libarchive.a)
set(archive_needs PkgConfig::NETTLE PkgConfig::ZLIB PkgConfig::ZSTD
  PkgConfig::LZMA PkgConfig::LZ4 BZip2::BZip2)
if(ARCHIVE_STATIC)
  include(CheckCSourceCompiles)
  set(CMAKE_REQUIRED_LIBRARIES ${ARCHIVE_STATIC} ${archive_needs})
  check_c_source_compiles("
    #include <archive.h>
    #include <archive_entry.h>
    int main(void)
    {
      struct archive_entry *e;
      struct archive *a = archive_read_new();
      archive_read_support_filter_none(a);
      archive_read_support_format_zip(a);
      archive_read_support_format_7zip(a);
      archive_read_support_format_tar(a);
      archive_read_support_format_cpio(a);
      archive_read_next_header(a, &e);
      return archive_read_free(a);
    }" ARCHIVE_STATIC_LINKS)
  unset(CMAKE_REQUIRED_LIBRARIES)
endif()
add_library(archive_readers INTERFACE)
if(ARCHIVE_STATIC_LINKS)
  target_link_libraries(archive_readers INTERFACE ${ARCHIVE_STATIC} ${archive_needs})
else()
  target_link_libraries(archive_readers INTERFACE PkgConfig::ARCHIVE)
endif()
