# One test per labelled incident: a folder below samples/cases with an
# expected.json. Adding the folder adds the test.
set(schema ${PROJECT_SOURCE_DIR}/analyzer/report/report.schema.json)
file(GLOB labels CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/samples/cases/*/expected.json)
foreach(label ${labels})
  get_filename_component(case ${label} DIRECTORY)
  get_filename_component(story ${case} NAME)
  python_test(case/${story} golden/run_cases.py
    --lostsyn $<TARGET_FILE:lostsyn> --causes --schema ${schema} ${case})
endforeach()

# The committed cases hold what the lab's README promises of them.
program_test(golden/labels
  ${PYTHON} -B ${PROJECT_SOURCE_DIR}/samples/lab/check_cases)

# A slice of what `./dev property` does with thousands of runs: as many of each
# incident, whatever incidents are added.
python_test(golden/property golden/property.py
  --lostsyn $<TARGET_FILE:lostsyn> --cases ${PROJECT_SOURCE_DIR}/samples/cases
  --rounds 2 --seconds 50)

python_test(golden/self-test golden/self_test.py)
python_test(golden/accuracy-self-test golden/accuracy_self_test.py)
# Incidents that the lab composes itself: the labels agree with the clients.
python_test(golden/composed golden/composed_test.py)
python_test(golden/benchmark golden/benchmark_test.py)
python_test(golden/corpus-lab golden/run_corpus_lab.py
  --lostsyn $<TARGET_FILE:lostsyn> --corpus ${corpus}
  --labels ${PROJECT_SOURCE_DIR}/tests/golden/corpus_lab.json)

# Trouble of others beside the true one misleads nobody.
python_test(golden/distract golden/distract.py
  --lostsyn $<TARGET_FILE:lostsyn> --cases ${PROJECT_SOURCE_DIR}/samples/cases)
