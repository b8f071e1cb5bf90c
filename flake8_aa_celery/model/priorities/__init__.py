"""At which priority something is sent, and where that is written."""
