from django.shortcuts import redirect
from django.views import View

from hangar.helpers import tell_all
from hangar.tasks import poll, update_prices


def index(request):
    update_prices.apply_async(priority=3)
    tell_all([request.user])
    return redirect("index")


class Polls(View):
    def post(self, request):
        poll.delay(1)
        poll.delay(2)
        return redirect("index")
