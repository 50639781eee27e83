"""One row for each attempt to reach the centre, whatever the channel; never rewritten."""
