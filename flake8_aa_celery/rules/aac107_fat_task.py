"""AAC107: a task that does too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery.model.tasks.bodies import number_of_statements
from flake8_aa_celery.rules.words import fitted
from flake8_aa_celery.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flake8_aa_celery.model.code.module import Module
    from flake8_aa_celery.model.resolve.values import Task


def check(task: Task, module: Module) -> Iterator[Violation]:
    """
    A task has more statements than a reader can keep in mind.

    Flags a task, be it a function or the `run` of a class, of more than `max-task-statements` statements, nested ones
    included, the docstring not.

    ## Why
    What a task does in one go fails in one go, and is repeated in one go. Several small tasks can be retried one by
    one, and code in a manager or a module of its own can be called and tested without Celery.

    ## Example
    ```python
    from celery import shared_task

    from app.models import Character


    @shared_task
    def update_character(character_pk):
        character = Character.objects.get(pk=character_pk)
        character.update_assets()
        character.update_attributes()
        character.update_blueprints()
        character.update_bookmarks()
        character.update_calendar()
        character.update_clones()
        character.update_contacts()
        character.update_contracts()
        character.update_corporation_history()
        character.update_corporation_roles()
        character.update_details()
        character.update_faction_warfare()
        character.update_fatigue()
        character.update_fittings()
        character.update_implants()
        character.update_industry_jobs()
        character.update_killmails()
        character.update_labels()
        character.update_location()
        character.update_loyalty_points()
        character.update_mail_headers()
        character.update_mail_lists()
        character.update_mails()
        character.update_market_orders()
        character.update_medals()
        character.update_mining_ledger()
        character.update_notifications()
        character.update_online_status()
        character.update_planets()
        character.update_portrait()
        character.update_research_agents()
        character.update_ship()
        character.update_skill_queue()
        character.update_skill_sets()
        character.update_skills()
        character.update_standings()
        character.update_titles()
        character.update_wallet_balance()
        character.update_wallet_journal()
        character.update_wallet_transactions()
    ```

    ## Instead
    ```python
    from celery import shared_task

    from app.models import Character


    @shared_task
    def update_character(character_pk):
        for section in Character.sections():
            update_section.apply_async(args=[character_pk, section], priority=7)


    @shared_task
    def update_section(character_pk, section):
        Character.objects.get(pk=character_pk).update_section(section)
    ```

    ## Leaves alone
    Whatever the task calls, however long that is.

    ## Settings
    `max-task-statements` (40): how many statements a task may have.

    ## Profile
    Both: tasks are read everywhere. Off by default: how long is too long is a matter of taste.

    ## References
    - [Celery: granularity of tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html#granularity)
    """
    allowed, number = module.project.settings.max_task_statements, number_of_statements(task)
    if number > allowed:
        form = f"`{{}}` has {number} statements, more than {allowed}: split it, or move code into other functions"
        message = fitted(form, task.name)
        yield Violation.at(task.node, message)
