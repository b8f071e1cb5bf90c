from hangar.tasks import notify, poll


def tell(user):
    notify.delay(user.pk)


def tell_all(users):
    for user in users:
        tell(user)


def unrelated():
    return poll.name
