"""What a call costs, by the operator's own price list."""

from decimal import Decimal

from django.conf import settings

MILLION = 1_000_000


def cost_of(
    provider: str, model: str, tokens_in: int | None, tokens_out: int | None
) -> Decimal | None:
    """Return what these tokens cost in the currency of LLM_PRICES; None when the price or the usage is not known.

    List prices: what a provider takes off for cached input is not seen here.
    """
    prices = settings.LLM_PRICES.get(f"{provider}:{model}")
    if prices is None or tokens_in is None or tokens_out is None:
        return None
    price_in, price_out = prices
    return (tokens_in * price_in + tokens_out * price_out) / MILLION
