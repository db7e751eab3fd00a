"""Started and looked after: settings, command line, web server, doctor."""
