"""Speech in and out: recordings become transcripts to correct, and questions are read aloud."""
