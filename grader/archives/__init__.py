"""Archives of others, unpacked safely: regular files and folders only, within limits, each refusal named.

    a file ──> kinds ──┬──> streams ──> tars ──┬──> gate ──────> unpacking
            (by magic) └──> zips ──────────────┘  (may it be,   (alone in
                                      (entries)    and where)    writing)

Nothing here knows of submissions: an archive and limits in, files and reasons out.
"""
