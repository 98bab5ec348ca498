"""Pages that a cache may keep, and that are never stale.

A page bears the tag of each record that was read for it (models.tagged) and of each
list that it shows (lists). Whatever changes what readers see touches tags, in the same
transaction (touching): a row each, under the edition of the site that the transaction
makes. A kept page is good while none of its tags was touched since, and until the next
time at which time alone changes a page (state). Caches beyond this site are told to
drop the pages of a tag once the transaction is through (purging)."""
