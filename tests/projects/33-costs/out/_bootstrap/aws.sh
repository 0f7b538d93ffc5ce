#!/usr/bin/env bash
# Made by reggie-cfn, the same for every project.
# Do not edit: run `reggie-cfn build`.
#
# What the scripts of all stages share: asking AWS, waiting, deleting, saying what is done.
#
# shellcheck shell=bash
# shellcheck disable=SC2154 # a stage's script says what its stage is
# shellcheck disable=SC2034 # what is set here is used there

root=$(cd "$here/../.." && pwd)
state=$root/.reggie-cfn/$stage        # what AWS answered, and what a release is; git does not see it
poll=${REGGIE_CFN_POLL:-10}           # seconds between two looks at what is at work
patience=${REGGIE_CFN_PATIENCE:-3600} # seconds after which it is waited for no longer
dry_run='' review='' now='' deletes=''
poll=${poll%%.*}
poll=${poll:-1}
export AWS_PAGER='' AWS_DEFAULT_OUTPUT=json AWS_RETRY_MODE="${AWS_RETRY_MODE:-standard}"

work=$(mktemp -d)
process='' # what is waited for
trap '[[ -z $process ]] || kill "$process" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

bold='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
    bold=$'\033[1m' plain=$'\033[0m'
fi

step() {
    now=$1
    printf '%s==> %s%s\n' "$bold" "$1" "$plain"
}

say() { printf '    %s\n' "$*"; }
note() { printf '    note: %s\n' "$*"; }

die() {
    local line
    printf 'error: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '       %s\n' "$line" >&2; done
    [[ -z $now ]] || printf '       (while at: %s)\n' "$now" >&2
    exit 1
}

# Runs what changes something; with --dry-run it is printed instead.
run() {
    if [[ $dry_run ]]; then
        printf '    $'
        printf ' %q' "$@"
        printf '\n'
    else
        "$@"
    fi
}

make_state() {
    mkdir -p "$state/aws"
    [[ -e $root/.reggie-cfn/.gitignore ]] || printf '*\n' >"$root/.reggie-cfn/.gitignore"
}

check_account() {
    local found
    [[ -z $dry_run ]] || return 0
    found=$(aws sts get-caller-identity --region "$home" --query Account --output text) ||
        die 'the aws CLI has no credentials that work' 'sign in, or set AWS_PROFILE, and run this again'
    [[ -z $account || $found == "$account" ]] ||
        die "these are credentials of the account $found, and $stage belongs to $account" 'sign in to that account, or set AWS_PROFILE'
    say "account $found"
}

# Asks what a stack is like, and keeps the answer until it changes: a line each for its status, protection, time, owner and outputs.
look() { # REGION STACK
    [[ -z $dry_run ]] || return 0
    if ! aws cloudformation describe-stacks --region "$1" --stack-name "$2" --output text >"$work/$1.$2" 2>"$work/said" --query "Stacks[0].[
        [['status', StackStatus], ['protected', to_string(EnableTerminationProtection)], ['since', to_string(LastUpdatedTime || CreationTime)],
         ['project', to_string(Tags[?Key=='project'].Value | [0])], ['stage', to_string(Tags[?Key=='stage'].Value | [0])]],
        Outputs[].['output', OutputKey, OutputValue, to_string(ExportName)]][]"; then
        : >"$work/$1.$2"
        grep -q 'does not exist' "$work/said" || die "$2 in $1 cannot be asked for" "$(cat "$work/said")"
    fi
}

# What is known of a stack: `status`, `protected`, `since`; nothing where there is no such stack.
known() { # REGION STACK WHAT
    [[ -e $work/$1.$2 ]] || look "$1" "$2"
    [[ -n $dry_run ]] || awk -F '\t' -v what="$3" '$1 == what { print $2 }' "$work/$1.$2"
}

# An output of a stack; nothing where there is none.
output() { # REGION STACK OUTPUT
    if [[ $dry_run ]]; then
        printf '%s.%s\n' "$2" "$3"
    else
        [[ -e $work/$1.$2 ]] || look "$1" "$2"
        awk -F '\t' -v key="$3" '$1 == "output" && $2 == key { print $3 }' "$work/$1.$2"
    fi
}

# Names of stacks are made of several names, and may meet. Tags tell whose a stack is.
ours() { # REGION STACK
    local found
    found="$(known "$1" "$2" project) $(known "$1" "$2" stage)"
    case $found in
        ' ' | 'null '* | "$project $stage") ;;
        "$project null") [[ $2 == "$project-bootstrap" ]] || die "$2 in $1 is no stack of $stage, by its tags" 'one of the two must have another name' ;;
        *) die "$2 in $1 belongs to $found, by its tags, and not to $project $stage" 'one of the two must have another name' ;;
    esac
}

# What AWS calls a resource of a stack; nothing where there is none.
physical_id() { # REGION STACK LOGICAL_ID
    local found
    if [[ $dry_run ]]; then
        printf '%s.%s\n' "$2" "$3"
    elif found=$(aws cloudformation describe-stack-resource --region "$1" --stack-name "$2" --logical-resource-id "$3" --output text \
        --query '[StackResourceDetail.ResourceStatus, StackResourceDetail.PhysicalResourceId]' 2>&1); then
        awk -F '\t' '$1 != "DELETE_COMPLETE" && $2 != "None" { print $2 }' <<<"$found"
    else
        [[ $found == *'does not exist'* ]] || die "$3 of $2 in $1 cannot be asked for" "$found"
    fi
}

# The name in this script of a stack in AWS; nothing where it is none of the stage's.
key_of() { # REGION NAME
    local each key=${2#"$project-$stage-"}
    [[ $1 == "$home" ]] || key=$key.$1
    for each in ${stacks[@]+"${stacks[@]}"}; do
        [[ $each != "$key" ]] || printf '%s\n' "$key"
    done
}

# Waits while something is at work on a stack; $came is what came of it, and empty where there is no such stack.
settle() { # REGION STACK
    local waited=0
    look "$1" "$2"
    came=$(known "$1" "$2" status)
    [[ $came != DELETE_IN_PROGRESS || $deletes ]] || die "$2 in $1 is being deleted" 'somebody takes the stage down; run this again when that is done'
    while [[ $came == *_IN_PROGRESS && $came != REVIEW_IN_PROGRESS ]]; do
        ((waited % 300 > poll)) || say "$2 in $1: $came"
        ((waited < patience)) || die "$2 in $1 is still $came after $patience seconds" 'run this again: it goes on from here'
        sleep "$poll"
        waited=$((waited + poll + 1))
        look "$1" "$2"
        came=$(known "$1" "$2" status)
    done
}

# What went wrong with a stack, newest first.
reasons() { # REGION STACK
    printf 'What CloudFormation says of %s in %s:\n' "$2" "$1" >&2
    aws cloudformation describe-stack-events --region "$1" --stack-name "$2" --max-items 60 --output text \
        --query "StackEvents[?contains(ResourceStatus, 'FAILED')].[LogicalResourceId, ResourceStatus, ResourceStatusReason]" |
        sed -e '/^None$/d' -e 's/^/  /' -e 12q >&2 || true
}

# Deletes a stack and waits for that; $came as of `settle`.
delete_stack() { # REGION STACK
    local role=() deletes=yes
    [[ -z $deploy_role ]] || role=(--role-arn "$deploy_role")
    run aws cloudformation delete-stack --region "$1" --stack-name "$2" ${role[@]+"${role[@]}"} || die "$2 in $1 cannot be deleted"
    settle "$1" "$2"
}

# The regions in which stacks of the stage may stand: those that it has, and those that code went to in whatever build.
regions_with_stacks() {
    local file
    {
        printf '%s\n' "$home" ${regions[@]+"${regions[@]}"}
        for file in "$here"/../_bootstrap/*.yaml; do
            [[ ! -e $file ]] || basename "$file" .yaml
        done
    } | sort -u
}

by_reggie_cfn() { command -v reggie-cfn >/dev/null 2>&1 && [[ -d $root/environments ]]; }
