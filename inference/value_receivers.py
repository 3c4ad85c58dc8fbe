"""Which values queries and products have, where rules are looked at for those that none has."""

from typing import Any

from django.dispatch import receiver

from inference.selectors.known_values import values_known
from rules.selectors.known_values import KnownValues, Named
from rules.signals import values_asked


@receiver(values_asked, dispatch_uid="tell_values")
def tell_values(*, named: Named, **kwargs: Any) -> KnownValues:
    """Of the values that rules name, those that the pipeline can read."""
    return values_known(named)
