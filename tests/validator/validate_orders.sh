#!/usr/bin/env bash
# A second validator over every shape of order that the cases draft, in every dialect: HAPI's for FHIR R4.
# Needs Java 17 and Maven, which brings it on the first run (about 150 MB). Optional: CI leaves it out, the models of
# fhir.resources run in every test.
#   tests/validator/validate_orders.sh [FOLDER...]   folders of profiles to hold orders against as well, as an unpacked
#                                                    package of US Core or UK Core has them (StructureDefinition, ValueSet)
set -euo pipefail
profiles=()
for folder in "$@"; do profiles+=("$(realpath "$folder")"); done
cd "$(dirname "$0")/../.."
here=tests/validator
lib=$here/target/lib
mvn -q -B -f $here/pom.xml dependency:copy-dependencies
rm -rf $here/target/orders
.venv/bin/python -m tests.validator.drafted $here/target/orders
exec java -cp "$lib/*" $here/Validate.java $here/known.txt $here/target/orders ${profiles[@]+"${profiles[@]}"}
