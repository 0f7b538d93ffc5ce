#!/usr/bin/env bash
# An `aws` that says what it is told to. Each file of $FAKE/rules holds a pattern of the arguments, an exit code, and the answer;
# the first that fits counts, and one whose name ends in `.once` is gone then.
set -euo pipefail
asked=$(tr -s '\n ' ' ' <<<"$*")
asked=${asked% }
printf '%s\n' "$asked" >>"$FAKE/calls"
for rule in "$FAKE"/rules/*; do
    { read -r pattern && read -r code; } <"$rule"
    # shellcheck disable=SC2053 # it is a pattern
    [[ $asked == $pattern ]] || continue
    answer=$(sed 1,2d "$rule")
    [[ $rule != *.once ]] || rm "$rule"
    if ((code)); then
        printf '%s\n' "$answer" >&2
    elif [[ $answer ]]; then
        printf '%s\n' "$answer"
    fi
    exit "$code"
done
printf 'nobody said what to answer to: %s\n' "$asked" >&2
exit 99
