# Sourced by `tests/all` and `tests/judges/run`: runs the steps of a test command and times each.

# step NAME ALONE COMMAND… runs COMMAND; if it fails, says that `ALONE` runs only this step, and stops.
step() {
    local name=$1 alone=$2 start=${EPOCHREALTIME/[.,]/} tenths code=0
    shift 2
    printf '\n== %s: %s\n' "$name" "$*"
    "$@" || code=$?
    tenths=$(((${EPOCHREALTIME/[.,]/} - start) / 100000))
    if ((code != 0)); then
        printf '\nFAILED %s (exit %d, %d.%d s). Run it alone: %s\n' \
            "$name" "$code" $((tenths / 10)) $((tenths % 10)) "$alone" >&2
        exit 1
    fi
    printf 'ok %s %d.%d s\n' "$name" $((tenths / 10)) $((tenths % 10))
}

# chosen KNOWN… -- ASKED… fills `steps` with the steps asked for, or all known ones.
chosen() {
    local known=() name
    while [[ $1 != -- ]]; do
        known+=("$1")
        shift
    done
    shift
    steps=("$@")
    (($# > 0)) || steps=("${known[@]}")
    for name in "${steps[@]}"; do
        if [[ " ${known[*]} " != *" $name "* ]]; then
            echo "$0: no step $name; the steps are: ${known[*]}" >&2
            exit 2
        fi
    done
}
