import logging

from celery import chain, group, shared_task

from hangar import market
from hangar.models import Character

logger = logging.getLogger(__name__)


@shared_task(priority=7, time_limit=600)
def update_assets(character_pk):
    logger.info("Updating the assets of %s", character_pk)


@shared_task(name="hangar.prices")
def update_prices():
    logger.info("Updating prices: %s", market.prices())


@shared_task
def notify(user_pk):
    logger.info("Notifying %s", user_pk)


@shared_task
def update_all():
    logger.info("Updating everything")
    for character_pk in Character.objects.values_list("pk", flat=True):
        update_assets.delay(character_pk)
    chain(update_prices.si(), group(update_assets.si(1), notify.si(1)), notify.si(2)).apply_async(priority=8)


@shared_task(bind=True)
def poll(self, number):
    logger.info("Polling %s", number)
    poll.apply_async(args=[number + 1], priority=number)


@shared_task
def forgotten():
    logger.info("Nobody starts this")
