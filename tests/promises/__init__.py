"""The promises, each shown by a harness that counts its cases and is shown to go red."""
