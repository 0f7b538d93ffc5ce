"""The words of a call as they stand in a shell script, for judges that ask whether it is a right call.

What the shell would put in for a variable or a command is unknown: such a piece is an `x`. Two things are looked up in the script itself: an array stands
for all words that are ever put into it, and a variable that is a word of its own for each option that is ever assigned to it.
"""

import itertools
import re

MARK = "\0"
ARRAY = re.compile(rf"{MARK}a(\w+){MARK}")
VARIABLE = re.compile(rf"{MARK}v(\w+){MARK}")
CLOSING = {"(": ")", "{": "}"}


class Script:
    def __init__(self, text: str):
        self.text = text
        self.arrays: dict[str, list[str]] = {}
        for start in re.finditer(r"(?<![\w-])(\w+)\+?=\(", text):
            self.arrays.setdefault(start[1], []).extend(self.raw(start.end()))
        self.options: dict[str, list[str]] = {}
        for name, option in re.findall(r"(?<![\w-])(\w+)=(--[a-z-]+)", text):
            self.options.setdefault(name, []).append(option)

    def calls(self, command: str, follows: str) -> list[tuple[int, list[str]]]:
        """The calls of a command, in all their forms, each with its line. Calls in texts that the script prints, as advice, are among them; those in
        comments are not. `follows` is what the words after the command begin with."""
        found = []
        for start in re.finditer(rf"(?<![\w./$-]){command} (?={follows})", self.text):
            line = self.text.count("\n", 0, start.start()) + 1
            before = self.text[self.text.rfind("\n", 0, start.start()) + 1 : start.start()]
            if before.lstrip().startswith("#"):
                continue
            quote = open_quote(before)
            script, at = self, start.end()
            if quote:
                # The call ends with the text that it stands in.
                script, at = Script.__new__(Script), 0
                script.text, script.arrays, script.options = self.text[start.end() : self.text.index(quote, start.end())], self.arrays, self.options
            found += [(line, words) for words in script.forms(script.raw(at))]
        return found

    def forms(self, raw: list[str]) -> list[list[str]]:
        """The words, in every form that options put into variables give them."""
        words = list(self.filled(raw, set()))
        choices = [self.options.get(found[1], [word]) if (found := VARIABLE.fullmatch(word)) else [word] for word in words]
        plain = lambda word: VARIABLE.sub("x", ARRAY.sub("x", word))
        return [[plain(word) for word in form] for form in itertools.product(*choices)]

    def filled(self, raw: list[str], within: set[str]):
        for word in raw:
            array = ARRAY.fullmatch(word)
            if array and array[1] not in within:
                yield from self.filled(self.arrays.get(array[1], []), within | {array[1]})
            elif not array:
                yield word

    def raw(self, here: int) -> list[str]:
        """The words from here to where the command, or the bracket around it, ends."""
        words: list[str] = []
        word: str | None = None
        while here < len(self.text):
            sign = self.text[here]
            if sign in "|;&)<>" or (sign == "\n" and self.text[here - 1] != "\\"):
                # The number of a redirection is no word.
                if sign in "<>" and word is not None and re.fullmatch("[0-9]", word):
                    word = None
                break
            if sign in " \t\n" or (sign == "\\" and self.text[here + 1] == "\n"):
                words, word = [*words, *([word] if word is not None else [])], None
                here += 1
                continue
            piece, here = self.piece(here)
            word = piece if word is None else word + piece
        return [*words, *([word] if word is not None else [])]

    def piece(self, here: int) -> tuple[str, int]:
        """What stands here, one piece of a word, and where it ends."""
        sign = self.text[here]
        if sign == "\\":
            return self.text[here + 1], here + 2
        if sign == "'":
            end = self.text.index("'", here + 1)
            return self.text[here + 1 : end], end + 1
        if sign == "$":
            return self.dollar(here)
        if sign != '"':
            return sign, here + 1
        text, here = "", here + 1
        while self.text[here] != '"':
            if self.text[here] == "\\" and self.text[here + 1] in '"$`\\':
                text, here = text + self.text[here + 1], here + 2
            elif self.text[here] == "$":
                piece, here = self.dollar(here)
                text += piece
            else:
                text, here = text + self.text[here], here + 1
        return text, here + 1

    def dollar(self, here: int) -> tuple[str, int]:
        """`$x`, `${…}` and `$(…)`."""
        if self.text[here + 1] not in CLOSING:
            name = re.compile(r"\w+|[@*#?!$]").match(self.text, here + 1)
            return (f"{MARK}v{name[0]}{MARK}" if name[0].isidentifier() else "x", name.end()) if name else ("$", here + 1)
        end = self.closed(here + 1)
        array = re.match(r"(\w+)\[@\]", self.text[here + 2 : end])
        return f"{MARK}a{array[1]}{MARK}" if array and self.text[here + 1] == "{" else "x", end

    def closed(self, here: int) -> int:
        """Where the bracket that opens here has been closed."""
        closing, here = CLOSING[self.text[here]], here + 1
        while self.text[here] != closing:
            sign = self.text[here]
            if sign == "\\" or sign in "'\"":
                here = self.piece(here)[1]
            elif (sign == "$" and self.text[here + 1] in CLOSING) or (sign == "(" and closing == ")"):
                here = self.closed(here + (sign == "$"))
            else:
                here += 1
        return here + 1


def open_quote(before: str) -> str | None:
    """The quote of a text that is open where a line's beginning ends. What stands in a `$(…)` stands outside."""
    quote = None
    for at, sign in enumerate(before):
        if before[at : at + 2] == "$(" and quote == '"':
            quote = None
        elif sign in "'\"" and quote in (None, sign):
            quote = None if quote else sign
    return quote
