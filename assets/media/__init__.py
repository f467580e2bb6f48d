"""Is this file a picture or sound that may be stored, and what is known of it?

Plain Python: no Django, no database, no network. The way in is `assets.media.inspection.inspect`.
"""
