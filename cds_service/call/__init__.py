"""A hook call read: what the client sent, what its FHIR server adds, and the limits of both."""
