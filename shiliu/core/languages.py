"""The languages that readers are written to: more than the interface speaks.

Codes are BCP 47 tags, names are the languages' own. A language is added by a line here, without a migration.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """code: as `lang` and `hreflang` have it. name: what it calls itself. locale: as Open Graph has it."""

    code: str
    name: str
    locale: str
    direction: str = "ltr"
    vertical: bool = False


DEFAULT = "zh-Hans"
LANGUAGES = {
    language.code: language
    for language in (
        Language("zh-Hans", "中文", "zh_CN"),
        Language("mn-Mong", "ᠮᠣᠩᠭᠣᠯ", "mn_CN", vertical=True),
        Language("mn-Cyrl", "Монгол", "mn_MN"),
        Language("ug", "ئۇيغۇرچە", "ug_CN", direction="rtl"),
        Language("kk", "Қазақша", "kk_KZ"),
        Language("kk-Arab", "قازاقشا", "kk_CN", direction="rtl"),
        Language("bo", "བོད་ཡིག", "bo_CN"),
        Language("ko", "한국어", "ko_KR"),
        Language("en", "English", "en_US"),
    )
}


def language(code: str) -> Language:
    """The language of that code; of one that is not offered any more, a plain one."""
    return LANGUAGES.get(code) or Language(code, code, code.replace("-", "_"))


def choices() -> list[tuple[str, str]]:
    return [(each.code, each.name) for each in LANGUAGES.values()]
