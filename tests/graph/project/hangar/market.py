import requests

PRICES = "https://esi.evetech.net/markets/prices"


def prices():
    return requests.get(PRICES, timeout=10).json()
