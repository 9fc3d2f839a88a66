"""What counts as a lesson's text, and what of it is remembered."""

import pytest

from lessons.ai.content.state import as_exposition, length_in_words, remind

PROSE = "Dough rests so that the flour takes up the water. " * 10
LESSON = f"## Rest\n\n{PROSE}\n\nThat is all."


@pytest.mark.parametrize(
    "answer",
    [
        LESSON,
        f"\n\n{LESSON}\n",
        f"```markdown\n{LESSON}\n```",
        f"  ```md\n{LESSON}\n```\n",
        f"````markdown\n{LESSON}\n````",
    ],
)
def test_a_lesson_is_taken_out_of_its_wrapping(answer):
    assert as_exposition(answer) == LESSON


@pytest.mark.parametrize(
    "inside",
    [
        "```python\nprint(1)\n```",
        "~~~\n```\n~~~",
        "````markdown\n```python\n1\n```\n````",
        "```diagram\na -> b\n```",
        "$$\nx^2\n$$",
        "```\n$$\n```",
        "It costs \\$5.",
    ],
)
def test_code_and_formulas_are_left_as_they_are(inside):
    answer = f"{LESSON}\n\n{inside}"

    assert as_exposition(answer) == answer


def test_a_lesson_that_begins_and_ends_with_code_is_not_unwrapped():
    answer = f"```python\n1\n```\n\n{LESSON}\n\n```python\n2\n```"

    assert as_exposition(answer) == answer


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("", "fewer than 80 words"),
        ("## Rest\n\nToo short.", "fewer than 80 words"),
        (PROSE, "no heading"),
        (f"I'm sorry, but I can't. {LESSON}", "an apology instead of a lesson"),
        (f"I’m sorry, but no.\n\n{LESSON}", "an apology instead of a lesson"),
        (f"## Sorry\n\n{PROSE}\n\n```python\nprint(", "it breaks off inside a code block"),
        (f"{LESSON}\n\n~~~\n```", "it breaks off inside a code block"),
        (f"{LESSON}\n\n$$\nx^2", "it breaks off inside a code block or a formula"),
        (f"As an AI language model I cannot teach this. {LESSON}", "an apology"),
        (f"**I cannot** help with that. {LESSON}", "an apology"),
    ],
)
def test_what_is_no_lesson_is_refused(answer, problem):
    with pytest.raises(ValueError, match=problem):
        as_exposition(answer)


@pytest.mark.parametrize(
    "opening", ["I can not only show you", "Sorry is a word", "“Sorry”, said the baker.", "Ai is"]
)
def test_words_of_an_apology_are_allowed_in_a_lesson(opening):
    answer = f"## Manners\n\n{opening} {PROSE}"

    assert as_exposition(answer) == answer.strip()


def test_nothing_a_database_refuses_is_left():
    assert "\x00" not in as_exposition(f"{LESSON}\x00")


def test_a_lesson_in_chinese_is_long_enough_in_characters():
    chinese = "面团需要休息，这样面粉才能吸收水分。" * 12

    assert as_exposition(f"## 休息\n\n{chinese}")
    assert length_in_words("面团 dough 休息") == 3


def test_what_tells_most_of_a_lesson_is_remembered():
    text = (
        "> A remark.\n\n## Rest\n\nLong prose.\n\n- **gluten**: a net\n- a plain item\n\n"
        "```python\n## no heading\n```\n\n### More\n"
    )

    assert remind(text) == "> A remark.\n## Rest\n- **gluten**: a net\n### More"


def test_a_reminder_is_cut_between_lines():
    text = "\n".join(f"- **term {number}**: {'x' * 80}" for number in range(40))

    reminder = remind(text)

    assert len(reminder) <= 1_500
    assert reminder.splitlines()[-1].endswith("x" * 80)
    assert text.startswith(reminder)
