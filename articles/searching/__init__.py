"""Finding stories, quotes, people and organisations by their words: read about the
index in `index`, about what may be asked in `asking`."""
