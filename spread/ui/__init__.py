"""`spread ui`: a page on this machine's loopback interface that shows how things stand, and a few actions.

`guard` says who may ask, `app` what for, `model` what is answered, `live` when that changed, `pairing` pairs.
`static/` is the page: plain modules without a build step, which make every node with `createElement`.
"""
