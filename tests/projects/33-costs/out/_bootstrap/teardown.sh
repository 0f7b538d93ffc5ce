#!/usr/bin/env bash
# Made by reggie-cfn, the same for every project.
# Do not edit: run `reggie-cfn build`.
#
# How a stage is taken down: what the words in its own `teardown.sh` do.
#
# shellcheck shell=bash source-path=SCRIPTDIR
# shellcheck disable=SC2154 # a stage's script says what its stage is
# shellcheck disable=SC2034 # what is set here is used there
# shellcheck disable=SC2016 # literals of JMESPath stand in backticks

shared=$here/../_bootstrap
# shellcheck source=aws.sh
source "$shared/aws.sh"
# shellcheck source=records.sh
source "$shared/records.sh"

# Stacks. `describe` says what must be done before one can be deleted, in these words.

in_region() { # REGION NAME
    stack_region=$1 stack_name=$2
    emptied=() lifted=() stays=() needed=() vaults=() replicated=''
}
empties() { emptied+=("$1"); }
lifts() { lifted+=("$1 $2"); }
keeps() { stays+=("$1 $2"); }
needed_by() { needed+=("$1"); }
holds_points() { vaults+=("$1"); }
leaves_replicas() { replicated=yes; }

deploy_role='' unprotect='' records_gone='' came='' left='' deletes=yes dns_options=(--teardown)

# Deletes all versions of all objects of a bucket.
empty() { # BUCKET
    local count=0
    if [[ $dry_run ]]; then
        run aws s3 rm --recursive "s3://$1"
        return
    fi
    while :; do
        aws s3api list-object-versions --region "$stack_region" --bucket "$1" --max-items 500 --output json \
            --query '{Objects: [Versions[].{Key: Key, VersionId: VersionId}, DeleteMarkers[].{Key: Key, VersionId: VersionId}][], Quiet: `true`}' >"$work/objects"
        grep -q '"Key"' "$work/objects" || break
        aws s3api delete-objects --region "$stack_region" --bucket "$1" --delete "file://$work/objects" >"$work/said"
        ! grep -q '"Errors"' "$work/said" || die "$1 cannot be emptied" "$(head -c 2000 "$work/said")"
        count=$((count + $(grep -c '"Key"' "$work/objects")))
    done
    ((count == 0)) || say "$1: $count versions of objects deleted"
}

# Lifts the deletion protection of what the stack will delete.
lift() { # cluster|instance|table LOGICAL_ID
    local id
    id=$(physical_id "$stack_region" "$stack_name" "$2")
    [[ $id ]] || return 0
    say "$2: its protection is lifted"
    case $1 in
        cluster) run aws rds modify-db-cluster --region "$stack_region" --db-cluster-identifier "$id" --no-deletion-protection --apply-immediately >&3 ;;
        instance) run aws rds modify-db-instance --region "$stack_region" --db-instance-identifier "$id" --no-deletion-protection --apply-immediately >&3 ;;
        table) run aws dynamodb update-table --region "$stack_region" --table-name "$id" --no-deletion-protection-enabled >&3 ;;
    esac
}

# What becomes of a resource by the template that is deployed, which is what counts.
deployed_policy() { # LOGICAL_ID
    awk -v id="$1" '/^[A-Za-z]/ { on = ($1 == "Resources:") } on && /^  [A-Za-z0-9]+:$/ { at = substr($1, 1, length($1) - 1) }
        on && at == id && $1 == "DeletionPolicy:" { print $2 }' "$work/template"
}

# Stops, before anything goes, where stacks would keep or delete other things than these files say.
agree() {
    local key each found
    [[ -z $dry_run ]] || return 0
    for key in ${stacks[@]+"${stacks[@]}"}; do
        describe "$key"
        look "$stack_region" "$stack_name"
        found=$(known "$stack_region" "$stack_name" status)
        [[ $found && $found != REVIEW_IN_PROGRESS ]] || continue
        ours "$stack_region" "$stack_name"
        [[ $unprotect || ${needed[*]-} || $(known "$stack_region" "$stack_name" protected) != true ]] ||
            die "$stack_name in $stack_region is protected" "to delete it all the same: teardown.sh $stage --unprotect $stage"
        # One in JSON is not of these files.
        found=$(aws cloudformation get-template --region "$stack_region" --stack-name "$stack_name" --query 'type(TemplateBody)' --output text)
        [[ $found == string ]] || continue
        aws cloudformation get-template --region "$stack_region" --stack-name "$stack_name" --query TemplateBody --output text >"$work/template"
        for each in ${stays[@]+"${stays[@]}"}; do
            found=$(deployed_policy "${each% *}")
            [[ $found != Delete && $found != Snapshot ]] || differs "${each% *}" "$found"
        done
        for each in ${emptied[@]+"${emptied[@]}"}; do
            found=$(deployed_policy "$each")
            [[ $found != Retain* ]] || differs "$each" "$found"
        done
    done
}
differs() { # LOGICAL_ID POLICY
    die "$1 of $stack_name is deployed with DeletionPolicy $2, and these files say otherwise" \
        'deploy them first, so that the stack knows; or take the files that were deployed'
}

# Deletes a stack, with what it holds as far as the stage says so.
remove() { # STACK
    local each id
    describe "$1"
    settle "$stack_region" "$stack_name"
    if [[ -z $came && -z $dry_run ]]; then
        say "$stack_name in $stack_region: gone"
        return
    fi
    if [[ ${needed[*]-} ]]; then
        say "$stack_name in $stack_region stays: ${needed[*]} cannot do without it"
        printf '    %s\tAWS::CloudFormation::Stack\t%s\n' "$stack_region" "$stack_name" >>"$work/kept"
        return
    fi
    for each in ${stays[@]+"${stays[@]}"}; do
        id=$(physical_id "$stack_region" "$stack_name" "${each% *}")
        [[ -z $id ]] || printf '    %s\t%s\t%s\n' "$stack_region" "${each#* }" "$id" >>"$work/kept"
    done
    if [[ $unprotect$dry_run ]]; then
        if [[ $dry_run || $(known "$stack_region" "$stack_name" protected) == true ]]; then
            run aws cloudformation update-termination-protection --region "$stack_region" --stack-name "$stack_name" --no-enable-termination-protection >&3
        fi
        for each in ${lifted[@]+"${lifted[@]}"}; do
            lift "${each% *}" "${each#* }"
        done
    fi
    for each in ${emptied[@]+"${emptied[@]}"}; do
        id=$(physical_id "$stack_region" "$stack_name" "$each")
        [[ -z $id ]] || empty "$id"
    done
    for each in ${vaults[@]+"${vaults[@]}"}; do
        note "the vault $each is deleted only when it holds no recovery points, and this deletes none: aws backup list-recovery-points-by-backup-vault --region $stack_region --backup-vault-name $each"
    done
    delete_stack "$stack_region" "$stack_name"
    if [[ $dry_run ]]; then
        return
    elif [[ -z $came ]]; then
        say "$stack_name in $stack_region: deleted"
    elif [[ $replicated ]]; then
        left="$left $1"
        note "$stack_name in $stack_region is $came: CloudFront still holds copies of its functions, and lets them go within hours: run this again then"
    else
        reasons "$stack_region" "$stack_name"
        die "$stack_name in $stack_region is $came" 'mend what is said above and run this again: it goes on from here'
    fi
}

# Takes the hosts away before what they lead to: a name that leads nowhere can be claimed by others.
take_hosts() {
    local each provider zone gone=''
    [[ ${zones[*]-} ]] || return 0
    if [[ $dry_run ]]; then
        for each in "${zones[@]}"; do
            run reggie-cfn dns diff "$stage" --zone "${each#* }" --live "$state/live/${each#* }.json" --teardown
            run reggie-cfn dns emit "$stage" --zone "${each#* }" --to cloudflare-batch
        done
        return
    fi
    [[ -z $records_gone ]] || return 0
    make_state
    for each in "${zones[@]}"; do
        read -r provider zone <<<"$each"
        if [[ $provider == cloudflare && ${CLOUDFLARE_TOKEN:-} ]] && by_reggie_cfn; then
            apply_zone "$zone" "${dns_options[@]}"
            [[ -z $changed ]] || gone=yes
        else
            die "the records of the stage in $zone are to be deleted first: a name that leads nowhere can be claimed by others" \
                ${hosts[@]+"${hosts[@]%% *}"} 'delete these, and run this again with --records-gone' \
                'or set CLOUDFLARE_TOKEN, with reggie-cfn on the PATH, for a zone at Cloudflare'
        fi
    done
    if [[ $gone ]]; then
        say 'waiting until the world has forgotten them'
        sleep "${REGGIE_CFN_TTL:-300}"
    fi
}

# Stacks of the stage that these files do not have: those of an earlier build.
others() {
    local region found name
    [[ -z $dry_run ]] || return 0
    for region in $(regions_with_stacks); do
        found=$(aws cloudformation describe-stacks --region "$region" --output text \
            --query "Stacks[?Tags[?Key=='project' && Value=='$project'] && Tags[?Key=='stage' && Value=='$stage']].[StackName]")
        for name in $found; do
            if [[ $name != None && -z $(key_of "$region" "$name") ]]; then
                left="$left $name"
                note "$name in $region is of an earlier build: aws cloudformation delete-stack --region $region --stack-name $name"
            fi
        done
    done
}

# What deploy.sh kept of the stage: it must not pass for done when the stage is made anew.
forget() {
    local bucket what kept=(deployed)
    # A preview that is gone is not rolled back.
    [[ $lifetime != ephemeral ]] || kept+=(releases)
    bucket=$(output "$home" "$project-bootstrap" ArtifactBucket)
    [[ $bucket ]] || return 0
    for what in "${kept[@]}"; do
        run aws s3 rm --region "$home" --recursive --only-show-errors "s3://$bucket/$project/$what/$stage/"
    done
}

main() {
    local name=''
    exec 3>/dev/null
    while (($#)); do
        case $1 in
            --unprotect | --delete | --allow-delete) (($# > 1)) || die "$1 needs a value" 'see --help' ;;
        esac
        case $1 in
            --unprotect) unprotect=$2 && shift ;;
            --delete | --allow-delete) dns_options+=("$1" "$2") && shift ;;
            --records-gone) records_gone=yes ;;
            --dry-run) dry_run=yes && exec 3>&1 ;;
            -h | --help)
                usage
                exit 0
                ;;
            -*)
                usage >&2
                exit 2
                ;;
            *) name=$1 ;;
        esac
        shift
    done
    if [[ $name != "$stage" ]]; then
        usage >&2
        printf '\nNothing was done: to delete the stage, say its name.\n' >&2
        exit 2
    fi
    [[ -z $unprotect || $unprotect == "$stage" ]] || die "--unprotect $unprotect is not the name of this stage" "it is $stage"
    if [[ $is_protected && -z $unprotect && -z $dry_run ]]; then
        die "$stage is protected" "to delete it all the same: teardown.sh $stage --unprotect $stage"
    fi
    deploy_role=$(output "$home" "$project-bootstrap" DeployRole)
    : >"$work/kept"
    steps
    now=''
    if [[ -s $work/kept ]]; then
        printf 'These stay, because the stage says so:\n'
        cat "$work/kept"
    fi
    if [[ $dry_run ]]; then
        printf '%s: nothing was done\n' "$stage"
    elif [[ $left ]]; then
        printf '%s is deleted but for:%s\n' "$stage" "$left"
        exit 3
    else
        printf '%s is deleted\n' "$stage"
    fi
}
