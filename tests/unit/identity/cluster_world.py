"""Groups of records as literal edges and values, and the clusters they become."""

from collections.abc import Mapping

import numpy as np

from identity.cluster import Edges, Nodes, cluster
from identity.groups import (
    CITY,
    DOCUMENT_BITS,
    DOCUMENT_KIND,
    EMAIL,
    FIRST_PROFILE_SLOT,
    LIKE_PHONE,
    LOYALTY,
    PHONE,
    POSTAL_CODE,
    Contradictions,
    Identifiers,
)
from identity.groups import DOCUMENT as DOCUMENT_SLOT
from identity.hotels import HotelHabits
from identity.lives import Stays

EMAIL_AND_NAME, PHONE_AND_NAME, NAME_AND_HOME, NAME_ALONE, DOCUMENT = 17.0, 9.5, 6.0, 2.0, 24.0
LIKELY = 8.0  # what the match model may say of two records
OF_FAMILY = (EMAIL_AND_NAME, PHONE_AND_NAME, NAME_AND_HOME)
NOTHING = np.array([], dtype=np.int64)
LOYAL = HotelHabits({1: 0.5, 2: 0.5}, same_person=0.8, same_family=0.55)
OTHER_EMAIL, OTHER_CITY, OTHER_PROFILE = ({kind: {0: 1, 1: 2}} for kind in ("emails", "cities", "profiles"))
SAME_EMAIL, SAME_PHONE = {"emails": {0: 1, 1: 1}}, {"phones": {0: 1, 1: 1}}


def clusters(
    size: int,
    edges: list[tuple[int, int, float]],
    *,
    apart: tuple[int, int] | None = None,
    profiles: dict[int, int] | None = None,
    emails: dict[int, int] | None = None,
    bare: tuple[int, ...] = (),
    cities: dict[int, int] | None = None,
    phones: dict[int, int] | None = None,
    members: dict[int, int] | None = None,
    postal_codes: dict[int, int] | None = None,
    days: Mapping[int, tuple[int, ...]] | None = None,
    hotels: dict[int, int] | None = None,
    leaves: tuple[int, ...] = (),
    like_phones: dict[int, int] | None = None,
    facets: list[int] | None = None,
    documents: dict[int, int] | None = None,
    kinds: dict[int, int] | None = None,
    document_bits: float = DOCUMENT_BITS,
) -> list[int]:
    """The cluster of each node; every node is its own facet (or `facets`), and the two of `apart` can't be one person.

    `days`: of a node's stays as a guest, at its hotel (`hotels`); `members`: their membership numbers; `leaves`: nodes
    without a given name.
    """
    first, second, weight = (np.array(column) for column in zip(*edges, strict=True))
    kind = Nodes(np.array(facets or range(size)), np.isin(np.arange(size), leaves), np.isin(np.arange(size), bare))
    contradictions = Contradictions(*(np.array([one]) for one in apart)) if apart else Contradictions(NOTHING, NOTHING)
    held = [(node, FIRST_PROFILE_SLOT, value) for node, value in (profiles or {}).items()]
    held += [(node, EMAIL, value) for node, value in (emails or {}).items()]
    held += [(node, CITY, value) for node, value in (cities or {}).items()]
    held += [(node, PHONE, value) for node, value in (phones or {}).items()]
    held += [(node, POSTAL_CODE, value) for node, value in (postal_codes or {}).items()]
    held += [(node, LIKE_PHONE, value) for node, value in (like_phones or {}).items()]
    held += [(node, DOCUMENT_SLOT, value) for node, value in (documents or {}).items()]
    held += [(node, DOCUMENT_KIND, value) for node, value in (kinds or {}).items()]
    held += [(node, LOYALTY, value) for node, value in (members or {}).items()]
    stays = np.array([(node, day) for node, each in (days or {}).items() for day in each], dtype=np.int64).reshape(
        -1, 2
    )
    hotel = np.array([(hotels or {}).get(node, 0) for node in stays[:, 0].tolist()], dtype=np.int64)
    of_guests = Stays(stays[:, 0], stays[:, 1], np.isin(stays[:, 0], list(members or {})), hotel)
    columns = np.array(held, dtype=np.int64).reshape(-1, 3).T
    identifiers = Identifiers(*columns, document_bits=document_bits, stays=of_guests, hotels=LOYAL)
    edges_of = Edges(first, second, weight, np.zeros(len(first), dtype=np.int64), np.isin(weight, OF_FAMILY))
    found = cluster(kind, edges_of, contradictions, identifiers)
    return np.unique(found, return_inverse=True)[1].tolist()
