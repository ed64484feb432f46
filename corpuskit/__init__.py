"""corpuskit builds text corpora for low-resource languages."""
