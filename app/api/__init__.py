"""The JSON API under /api/v1: the registry's web door, and what programs may ask of the service.

What: `assembling.add_api` puts every route, the door and the errors on an application; tokens and tables load without it.
Why: one registry, three doors; the web is the third.
Refuses: a route without a token, but for the public look-ups.
"""
