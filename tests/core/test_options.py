from shiliu.core.templatetags.shiliu import options


def test_options_mark_what_is_chosen_and_are_no_markup():
    assert options([("a", "甲"), ("b", "<b>乙")], "b") == (
        '<option value="a">甲</option><option value="b" selected>&lt;b&gt;乙</option>'
    )
    assert options([]) == ""
