"""Training of ClosedLoop's networks: data, networks, losses and the export to model folders."""
