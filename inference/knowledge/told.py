"""Knowledge entries told as text, so that they are searched like any document. Pure."""

from collections.abc import Iterable

from inference.knowledge.records import Brand, Medicine


def told_of_medicine(row: Medicine) -> str:
    """What is known of a medicine. Its relatives are left out: a passage is about one thing."""
    kinds = tuple(dict.fromkeys((row.category, *row.kinds)))
    return sentences(
        (
            ("", (row.name,)),
            ("又名", row.aliases),
            ("类别", kinds),
            ("用于", row.efficacy),
            ("剂型", row.forms),
            ("适用人群", row.population),
            ("禁用人群", row.contraindicated),
            ("成分", row.ingredients),
        )
    )


def told_of_brand(row: Brand) -> str:
    """What is known of a trade name."""
    return sentences(
        (
            ("商品名", (row.name, *row.aliases)),
            ("通用名", (row.stands_for,)),
            ("剂型", (row.form,)),
            ("厂家", (row.maker,)),
        )
    )


def sentences(facts: Iterable[tuple[str, Iterable[str]]]) -> str:
    """A sentence a fact; what is not known is not told."""
    found = ((what, "、".join(filter(None, values))) for what, values in facts)
    return "".join(f"{what}：{values}。" if what else f"{values}。" for what, values in found if values)
