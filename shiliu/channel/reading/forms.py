"""What an editor types about the official account's figures."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shiliu.channel.models import ArticlePage
from shiliu.channel.reading.lists import BEGINNING

MOST = 1_000_000_000


class TypedReadsForm(forms.Form):
    """How often the official account's copy was read on a day."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    reads = forms.IntegerField(
        label=gettext_lazy("Reads on that day"),
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("As the official account's own page shows them for that one day."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not BEGINNING <= day <= timezone.localdate():
            raise ValidationError(_("Choose a day that is not in the future."))
        return day


class MatchForm(forms.Form):
    """Which of our articles one of the official account is."""

    article = forms.CharField(
        label=gettext_lazy("Our article"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Its code or its whole title. Empty: none of ours."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, articles: QuerySet[ArticlePage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.articles = articles

    def clean_article(self) -> ArticlePage | None:
        typed = self.cleaned_data["article"].strip()
        if not typed:
            return None
        found = list(self.articles.filter(code=typed) or self.articles.filter(title=typed)[:9])
        if not found:
            raise ValidationError(
                _("No article that you see has this code or title. Look in the list of articles.")
            )
        if len(found) > 1:
            codes = ", ".join(sorted(article.code for article in found))
            raise ValidationError(
                _("Several articles have this title. Type one of these codes: %(codes)s."),
                params={"codes": codes},
            )
        return found[0]
