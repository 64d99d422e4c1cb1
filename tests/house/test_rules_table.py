"""Every rule of the program is decided somewhere, tested somewhere, and docs/rules.md says where."""

from __future__ import annotations

from tools.rules_table import TABLE, found_rules, gaps, numbers, numbers_in_name, written


def test_every_rule_has_a_place_and_a_test_and_no_number_is_unexplained():
    rules, unknown = found_rules()
    assert len(rules) > 60
    assert [*unknown, *gaps(rules)] == []


def test_the_table_of_rules_is_up_to_date():
    rules, _ = found_rules()
    assert TABLE.read_text(encoding="utf-8") == written(rules), "python -m tools.rules_table"


def test_a_rule_that_nothing_decides_or_nothing_tests_is_named():
    rules, _ = found_rules()
    rules["R65"].places.clear()
    rules["R66"].tests.clear()
    assert [one.split(":")[0] for one in gaps(rules)] == ["R65", "R66"]


def test_numbers_are_found_one_by_one_and_as_ranges():
    assert numbers("R28, R42–R44 and R68–69; not R5 nor PR12") == {"R28", "R42", "R43", "R44", "R68", "R69"}
    assert numbers_in_name("test_r64_r66_a_denial") == {"r64", "r66"}
    assert numbers_in_name("test_r24_to_r27_over") == {"r24", "r25", "r26", "r27"}
    assert numbers_in_name("test_the_r99_of") == set()
