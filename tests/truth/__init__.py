"""Programs that are made at random and run, to hold the model to what they really have in memory."""
