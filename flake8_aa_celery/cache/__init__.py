"""What earlier runs found, kept beside a project for as long as nothing changes there.

An entry holds for one state of a whole project: whatever rules may look at lies below its root, so that nothing has to
be known of how they look at it. The same folders, the same files, the same bytes: the same violations.
"""

#: The folder, beside what marks the root of a project, and what says where else it is to be.
FOLDER = ".aa_celery_cache"
VARIABLE = "AA_CELERY_CACHE_DIR"
