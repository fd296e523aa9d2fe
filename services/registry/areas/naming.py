"""The names that people say, from the legal ones, and the keys by which they are sorted and found."""

_OFFICES = {
    "community": ("居民委员会", "居民委员", "居委会"),
    "village": ("村民委员会", "村委会"),
    "street": ("办事处",),
}


def said(legal: str, level: str) -> str:
    """周家沟社区居民委员会 is 周家沟社区 to everyone, 熊家湾村委会 is 熊家湾村."""
    name = legal
    for office in _OFFICES.get(level, ()):
        if legal.endswith(office) and len(legal) > len(office):
            name = legal.removesuffix(office)
            break
    if name == legal or level == "street":
        return name
    if level == "village":
        return name if name.endswith("村") else f"{name}村"
    return name if name.endswith("社区") else f"{name.removesuffix('社')}社区"


def pinyin(name: str) -> str:
    """The syllables, separated by blanks: zhou jia gou she qu. Sorts as a Chinese list is sorted."""
    from pypinyin import lazy_pinyin  # its tables take 57 MB, and only an import of areas needs them

    return " ".join(lazy_pinyin(name))


def initials(syllables: str) -> str:
    """zjgsq."""
    return "".join(syllable[0] for syllable in syllables.split())


def plain(asked: str) -> str:
    return "".join(asked.split()).casefold()
