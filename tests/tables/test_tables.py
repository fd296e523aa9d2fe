"""What people keep in spreadsheets is read as they meant it, and what is wrong is said where it stands."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from shared.tables import BadTable, Column, Row, Sheet
from shared.tables.cells import day, many_of, text, yes_no
from shared.tables.codes import area_code, grid, identity, phone
from shared.tables.reading import rows

CARE = {"C01": "独居", "C03": "高龄80+", "C06": "低保"}
SHEET = Sheet(
    (
        Column("key", "居民编号", ("编号",), required=True),
        Column("name", "姓名", required=True),
        Column("area", "社区代码", parse=area_code, required=True),
        Column("phone", "电话", ("手机号",), parse=phone),
        Column("born", "出生日期", parse=day),
        Column("care", "照护类别", parse=many_of(CARE)),
        Column("alone", "是否独居", parse=yes_no),
    )
)
HEADER = "居民编号,姓名,社区代码,电话,出生日期,照护类别,是否独居\n"
WANG = "R1,王大爷,420303002002,15412345521,1944-03-05,C01、高龄80+,是\n"


def read(content: bytes, kind: str = "") -> list[Row]:
    return list(rows(io.BytesIO(content), SHEET, kind=kind))


def workbook(*lines: Sequence[Any]) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def broken(content: bytes, kind: str = "") -> BadTable:
    with pytest.raises(BadTable) as raised:
        read(content, kind)
    return raised.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_a_table_is_read_in_the_encodings_that_offices_use(encoding: str) -> None:
    (row,) = read((HEADER + WANG).encode(encoding))
    assert row.errors == ()
    assert row.values == {
        "key": "R1",
        "name": "王大爷",
        "area": "420303002002",
        "phone": "15412345521",
        "born": "1944-03-05",
        "care": ("C01", "C03"),
        "alone": True,
    }


def test_the_encoding_is_that_of_the_whole_file_not_of_its_first_lines() -> None:
    plain = "number,name\n" + "".join(f"R{n},Wang\n" for n in range(50_000))
    sheet = Sheet((Column("number", "number"), Column("name", "name")))
    for encoding in ("gb18030", "utf-8"):
        (*_, last) = rows(io.BytesIO((plain + "R-last,王大爷\n").encode(encoding)), sheet)
        assert last["name"] == "王大爷"


def test_a_character_that_is_split_between_two_reads_is_one_character() -> None:
    padding = "R0," + "x" * (256 * 1024 - len((HEADER + "R0,").encode()) - 1)
    found = broken((HEADER + padding + "王大爷,420303002002,,,,\n").encode())  # too wide for a CSV field, but UTF-8
    assert "field limit" in str(found)


def test_text_that_is_neither_encoding_is_refused() -> None:
    assert "neither UTF-8 nor GB18030" in str(broken(HEADER.encode() + b"R1,\xff\xff,420303002002,,,,\n"))


def test_utf_16_is_named_as_what_it_is() -> None:
    assert "UTF-16" in str(broken((HEADER + WANG).encode("utf-16")))


def test_columns_come_in_any_order_and_under_other_names() -> None:
    (row,) = read("手机号, 姓名 *,社区代码,编号\n154 1234 5521,王大爷,420303002002,R1\n".encode())
    assert (row["phone"], row["key"], row["care"]) == ("15412345521", "R1", None)


def test_the_same_content_is_the_same_text_however_it_is_laid_out() -> None:
    (one,) = read((HEADER + WANG).encode())
    header = "姓名,编号,照护类别,社区代码,出生日期,手机号,是否独居\n"
    (two,) = read((header + "王大爷,R1,高龄80+ 独居,420303002002,1944年3月5日,154-1234-5521,Y\n").encode())
    assert one.text == two.text


def test_an_unknown_header_is_asked_about_rather_than_dropped() -> None:
    found = broken("居民编号,姓名,社区代码,血型\nR1,王大爷,420303002002,A\n".encode())
    assert (found.error.row, found.error.column) == (1, "血型")
    assert "照护类别" in str(found)


def test_a_missing_and_a_repeated_header_are_named() -> None:
    assert "missing header: 社区代码" in str(broken("居民编号,姓名\nR1,王大爷\n".encode()))
    assert "comes twice" in str(broken("居民编号,编号,姓名,社区代码\n".encode()))


def test_every_wrong_cell_is_named_by_row_and_column_as_excel_shows_it() -> None:
    bad = "R2,,42030300200,12345,2026-02-30,C99,也许\n"
    good, wrong = read((HEADER + WANG + "\n" + bad).encode())
    assert good.errors == ()
    assert [(e.row, e.column) for e in wrong.errors] == [
        (4, "姓名"),  # row 3 is blank, and Excel counts it
        (4, "社区代码"),
        (4, "电话"),
        (4, "出生日期"),
        (4, "照护类别"),
        (4, "是否独居"),
    ]


def test_a_stray_comma_is_found() -> None:
    (row,) = read((HEADER + WANG.rstrip() + ",多余\n").encode())
    assert "stray comma" in row.errors[0].message


def test_blank_rows_and_the_empty_columns_that_excel_leaves_are_passed_over() -> None:
    assert len(read((HEADER.rstrip() + ",,\n" + ",,,,,,,,\n" + WANG.rstrip() + ",,\n").encode())) == 1


def test_csv_that_breaks_off_says_from_which_row() -> None:
    found = broken((HEADER + WANG + 'R2,"王大爷,420303002002\n').encode())
    assert found.error.row == 3
    assert "cannot be read as CSV" in str(found)


def test_an_empty_file_and_one_that_is_no_table() -> None:
    assert "empty" in str(broken(b""))
    assert "empty" in str(broken("\ufeff".encode()))
    assert "xlsx" in str(broken(HEADER.encode(), "xlsx"))
    assert "csv" in str(broken(workbook(["居民编号"]), "csv"))
    assert "old .xls" in str(broken(b"\xd0\xcf\x11\xe0 something"))
    assert "damaged" in str(broken(b"PK\x03\x04 something"))


def test_a_workbook_is_read_with_the_numbers_and_dates_that_excel_makes() -> None:
    (row,) = read(
        workbook(
            ["居民编号", "姓名", "社区代码", "电话", "出生日期", "照护类别", "是否独居"],
            [1001.0, "王大爷", 420303002002, 15412345521.0, datetime.fromisoformat("1944-03-05"), "C01，低保", True],
        ),
        "xlsx",
    )
    assert row.errors == ()
    assert row.values == {
        "key": "1001",
        "name": "王大爷",
        "area": "420303002002",
        "phone": "15412345521",
        "born": "1944-03-05",
        "care": ("C01", "C06"),
        "alone": True,
    }


def test_a_workbook_that_unpacks_to_more_than_memory_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.tables.reading.LARGEST_UNPACKED", 1000)
    assert "too large" in str(broken(workbook(["居民编号"] * 100)))


def test_digits_that_excel_lost_are_not_guessed() -> None:
    (row,) = read((HEADER + "R1,王大爷,4.20303E+11,,,,\n").encode())
    assert "shortened" in row.errors[0].message
    for number in (9.90303194403051e17, 990303194403050000, "9.90303194403051E+17"):
        with pytest.raises(Exception, match="shortened"):
            identity(number)


@pytest.mark.parametrize(
    "written", ["2026-02-02", "2026/2/2", "2026.2.2", "20260202", "2026年2月2日", "2026-02-02 00:00:00"]
)
def test_a_day_in_the_ways_people_write_it(written: str) -> None:
    assert day(written) == "2026-02-02"


@pytest.mark.parametrize("written", ["2026-2-30", "02/02/2026", "45689", "1026-02-02", "明天"])
def test_what_is_no_day(written: str) -> None:
    with pytest.raises(Exception, match=r"day|date|1900"):
        day(written)


def test_identity_numbers_are_checked_to_the_last_character() -> None:
    assert identity("11010519491231002x") == "11010519491231002X"  # the standard's own example
    for wrong in ("110105194912310021", "11010519491331002X", "110105491231002"):
        with pytest.raises(Exception, match="no identity number"):
            identity(wrong)


def test_phones_grids_and_codes() -> None:
    assert phone("+86 154-1234-5521") == "15412345521"
    assert phone("0719-8650000") == "07198650000"
    assert grid(1.0) == "001"
    assert area_code("420303002002.0") == "420303002002"
    for parse, wrong in ((phone, "1541234"), (grid, "1001"), (area_code, "420303"), (area_code, "四二〇三")):
        with pytest.raises(Exception, match="is no"):
            parse(wrong)


def test_control_characters_and_excel_errors_are_no_text() -> None:
    for wrong in ("王\x00", "#N/A", "长" * 201):
        with pytest.raises(Exception, match=r"control|Excel error|long"):
            text(wrong)
