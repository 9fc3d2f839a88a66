"""How static files are named in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Content-hashed names, also inside the `import` statements of native JS modules."""

    support_js_module_import_aggregation = True
