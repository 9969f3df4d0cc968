"""Every cell of a table has the heading of its column and says what it is, whatever stands in it."""

from __future__ import annotations

from markupsafe import Markup

from shared.pages.tables import with_headings

ROW = Markup('<tr class="r">\n<th scope="row">{}</th><td>{}</td></tr>\n')


def test_each_cell_has_the_heading_of_its_column_in_every_row() -> None:
    found = with_headings(ROW.format("een", 1) + ROW.format("twee", 2), ["Wat", "Hoe vaak?"])
    assert found == "".join(
        '<tr role="row" class="r">\n'
        f'<th role="rowheader" data-kop="Wat:" scope="row">{name}</th>'
        f'<td role="cell" data-kop="Hoe vaak?">{number}</td>'
        "</tr>\n"
        for name, number in (("een", 1), ("twee", 2))
    )


def test_what_stands_in_a_cell_is_left_alone_also_when_it_looks_like_a_cell() -> None:
    value = "</td><td>kanarie"
    found = with_headings(ROW.format(value, 1), ["Wat", 'Hoe "vaak" <b>'])
    assert found.count("data-kop") == 2
    assert "&lt;td&gt;kanarie" in found
    assert 'data-kop="Hoe &#34;vaak&#34; &lt;b&gt;:"' in found


def test_a_table_without_rows_stays_empty() -> None:
    assert with_headings(Markup(""), ["Wat"]) == ""
