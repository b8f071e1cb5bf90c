from django.db import models

from hangar import tasks


class Character(models.Model):
    def refresh(self):
        self._start()

    def _start(self):
        tasks.update_assets.apply_async(args=[self.pk], priority=2)
