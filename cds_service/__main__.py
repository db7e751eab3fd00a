"""`python -m cds_service`."""

from cds_service.run.cli import main

main(prog_name="magnesium-cds")
