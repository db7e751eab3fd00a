"""For who answers for the clinical knowledge: loaded with a site, checked, locked, shown, held to FHIR."""
