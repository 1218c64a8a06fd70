"""Words of this desk: of zipped modules that are not taken, and of each LMS's own forms."""
