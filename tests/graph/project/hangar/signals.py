from django.db.models.signals import post_save
from django.dispatch import receiver

from hangar.models import Character
from hangar.tasks import update_assets


@receiver(post_save, sender=Character)
def character_saved(sender, instance, **kwargs):
    update_assets.apply_async(args=[instance.pk], priority=5)
