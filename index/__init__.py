"""Questions with answers in, passages out."""
