"""Programs of different submissions that are alike: what they have in common beyond the hand-out. It accuses nobody.

submissions ──> texts ──> fingerprints ──> pairs ──> page, table
                (read,     (workers, by    (alike by
                 never run) copydetect)     the threshold)
"""
