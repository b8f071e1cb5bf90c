from django.contrib import admin
from esi.tasks import cleanup_token

from hangar.tasks import update_assets


class CharacterAdmin(admin.ModelAdmin):
    def update(self, request, queryset):
        for character in queryset:
            update_assets.apply_async(args=[character.pk], priority=6)
        cleanup_token.delay()
