"""A module that cannot be imported, for the checks to find."""

raise RuntimeError("this module is broken")
