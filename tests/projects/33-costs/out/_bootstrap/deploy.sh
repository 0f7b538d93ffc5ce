#!/usr/bin/env bash
# Made by reggie-cfn, the same for every project.
# Do not edit: run `reggie-cfn build`.
#
# How a stage is deployed: what the words in its own `deploy.sh` do.
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

# Stacks. `describe` says what one is deployed with, in these words.

in_region() { # REGION NAME TEMPLATE
    stack_region=$1 stack_name=$2 template=$here/$3
    stack_policy='' protected=false through_bucket='' capabilities=() parameters=() acknowledged=''
}
capability() { capabilities+=("$1"); }
policy() { stack_policy=$here/$1; }
protected() { protected=true; }
lets_go() { acknowledged="$acknowledged $1 "; }
through_bucket() { through_bucket=yes; }
from_release() { parameters+=("release $1"); }
from_input() { parameters+=("input $1"); }
from_output() { parameters+=("output $1 $2 $3 $4"); }

deploy_role='' inputs_file='' rollback='' build='' came='' unknown='' unprotect=''
given=''        # the release that was given
release_file='' # that and what was packaged
deploying='' # stacks that wait for others which must come first
early=''     # whether the stack at hand comes before its time, so that its code stays as it is
site_first='' # the site whose first files this run has brought
dns_options=()
late=() # components that are packaged on the way

# A value of a release.
value_in() { # FILE NAME
    [[ -z $1 || ! -e $1 ]] || sed -n "s/^.*\"$2\" *: *\"\([^\"]*\)\".*\$/\1/p" "$1" | sed q
}
released() { value_in "$release_file" "$1"; } # NAME

# A value of --inputs.
input() { # NAME
    [[ -z $inputs_file ]] || sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$inputs_file" | tr -d '\r' | tail -n 1
}

exists() { [[ $came && $came != REVIEW_IN_PROGRESS ]]; }

# Waits for the stack at hand, and clears what a failed creation left.
ready() {
    settle "$stack_region" "$stack_name"
    ours "$stack_region" "$stack_name"
    case $came in
        ROLLBACK_COMPLETE)
            say "$stack_name in $stack_region is what a failed creation left, and holds nothing"
            if [[ $review ]]; then
                unknown="what becomes of it, when it is deleted and made anew,"
                return
            fi
            delete_stack "$stack_region" "$stack_name"
            [[ -z $came ]] || die "$stack_name in $stack_region is $came" 'delete it, and run this again'
            ;;
        UPDATE_ROLLBACK_FAILED)
            reasons "$stack_region" "$stack_name"
            die "$stack_name in $stack_region is $came: CloudFormation could not bring it back" 'mend what is said above, then:' \
                "aws cloudformation continue-update-rollback --region $stack_region --stack-name $stack_name" 'and run this again'
            ;;
        CREATE_FAILED | ROLLBACK_FAILED | DELETE_FAILED)
            reasons "$stack_region" "$stack_name"
            die "$stack_name in $stack_region is $came" 'mend what is said above, delete the stack, and run this again:' \
                "aws cloudformation delete-stack --region $stack_region --stack-name $stack_name"
            ;;
        *_FAILED)
            reasons "$stack_region" "$stack_name"
            die "$stack_name in $stack_region is $came" 'it may hold data: bring it back in the console, and run this again'
            ;;
    esac
}

# Deploys a stack, unless it is as it should be.
stack() { # STACK
    describe "$1"
    ready
    if exists; then
        deploying="$deploying $1 "
        consumers_first "$1"
        deploying=${deploying%" $1 "}
        protect before
    fi
    fill
    change
    protect after
}

# CloudFormation does not take an export away while a stack imports it. Stacks that do, and no longer will, come first.
consumers_first() { # STACK
    local gone consumers consumer key import found before=$early
    [[ -z $dry_run$review ]] || return 0
    # shellcheck disable=SC2013 # names of exports have no spaces
    for gone in $(awk -F '\t' '$1 == "output" && $4 != "null" { print $4 }' "$work/$stack_region.$stack_name"); do
        if grep -qxF -e "      Name: $gone" -e "      Name: '$gone'" "$template"; then
            continue
        fi
        # That nobody imports it is an error to the CLI.
        if ! consumers=$(aws cloudformation list-imports --region "$stack_region" --export-name "$gone" --query 'Imports[]' --output text 2>&1); then
            [[ $consumers == *'not imported'* ]] || die "who imports $gone is not told" "$consumers"
            continue
        fi
        for consumer in $consumers; do
            key=$(key_of "$stack_region" "$consumer")
            [[ $key ]] ||
                die "$1 no longer exports $gone, and $consumer imports it, which is no stack of $stage" \
                    'let it go there first. If the stage no longer has that stack, delete it:' \
                    "aws cloudformation delete-stack --region $stack_region --stack-name $consumer"
            [[ $deploying != *" $key "* ]] ||
                die "$1 and $key each import what the other no longer exports" 'deploy this in two builds: take one of them away first'
            describe "$key"
            if grep -qwF "$gone" "$template"; then
                die "$1 no longer exports $gone, which $key still imports" 'the files are of two builds: run `reggie-cfn build` again'
            fi
            # shellcheck disable=SC2013
            for import in $(sed -n 's/^.*ImportValue \([A-Za-z0-9:-]*\).*$/\1/p' "$template" | sort -u); do
                found=$(aws cloudformation list-exports --region "$stack_region" --query "Exports[?Name=='$import'].Name" --output text) ||
                    die "what is exported in $stack_region is not told"
                [[ $found && $found != None ]] ||
                    die "$key must let go of $gone before $1 takes it away, but needs $import, which nothing exports yet" \
                        'deploy this in two builds: one that adds, and one that takes away'
            done
            note "$key comes before $1, which no longer exports $gone"
            early=yes
            stack "$key"
            early=$before
            describe "$1"
        done
    done
}

# Whether the deployed stack at hand has a parameter.
had() { # NAME
    aws cloudformation describe-stacks --region "$stack_region" --stack-name "$stack_name" --output text \
        --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterKey" 2>/dev/null | sed '/^None$/d' || true
}

# The parameters of the stack at hand, as $overrides. What neither a release nor an input says stays as it is.
fill() {
    local spec kind name region stack key value
    overrides=()
    for spec in ${parameters[@]+"${parameters[@]}"}; do
        read -r kind name region stack key <<<"$spec"
        case $kind in
            release)
                value=''
                [[ $early && $(had "$name") ]] || value=$(released "$name")
                ;;
            input) value=$(input "$name") ;;
            *) value=$(output "$region" "$stack" "$key") ;;
        esac
        if [[ $value ]]; then
            overrides+=("$name=$value")
        elif [[ $dry_run ]]; then
            overrides+=("$name=$kind")
        elif [[ $kind == output ]]; then
            [[ $review ]] || die "$stack in $region has no output $key, which $stack_name needs" 'the files are of two builds: run `reggie-cfn build` again'
            unknown=$name
        elif ! exists; then
            [[ $kind == release ]] || die "the input $name is missing" "give it with --inputs FILE: a line $name=value"
            [[ $review ]] || die "there is no release of $name" 'give it with --release FILE'
            unknown=$name
        fi
    done
}

# What `aws cloudformation deploy` is told of the stack at hand, as $told.
arguments() {
    told=(--region "$stack_region" --stack-name "$stack_name" --template-file "$template" --no-fail-on-empty-changeset --tags "${tags[@]}")
    [[ -z ${capabilities[*]-} ]] || told+=(--capabilities "${capabilities[@]}")
    [[ -z ${overrides[*]-} ]] || told+=(--parameter-overrides "${overrides[@]}")
    [[ -z $deploy_role ]] || told+=(--role-arn "$deploy_role")
    [[ -z $through_bucket ]] || told+=(--s3-bucket "$(output "$stack_region" "$project-bootstrap" ArtifactBucket)" --s3-prefix "$project/templates")
}

# Changes the stack at hand to what its template says.
change() {
    local waited=0 code=0
    arguments
    if [[ $review ]]; then
        look_at_change
        return
    fi
    if [[ $dry_run ]]; then
        run aws cloudformation deploy "${told[@]}"
        return
    fi
    aws cloudformation deploy "${told[@]}" >"$work/said" 2>&1 &
    process=$!
    while kill -0 "$process" 2>/dev/null; do
        sleep 0.2
        waited=$((waited + 1))
        ((waited % 150)) || say "$stack_name: $(newest)"
    done
    wait "$process" || code=$?
    process=''
    if ((code)); then
        cat "$work/said" >&2
        reasons "$stack_region" "$stack_name"
        die "$stack_name in $stack_region was not deployed" 'what came before it stands; mend the cause and run this again: it goes on from here'
    fi
    if grep -q 'No changes to deploy' "$work/said"; then
        say "$stack_name in $stack_region: unchanged"
    else
        say "$stack_name in $stack_region: deployed"
        look "$stack_region" "$stack_name"
    fi
}

# What a stack is at work on.
newest() {
    aws cloudformation describe-stack-events --region "$stack_region" --stack-name "$stack_name" --max-items 1 --output text \
        --query 'StackEvents[0].[LogicalResourceId, ResourceStatus]' 2>/dev/null | sed -e '/^None$/d' -e q || true
}

# Makes a change set of the stack at hand; $made is its ARN, and empty where nothing would change.
make_change_set() {
    made=''
    aws cloudformation deploy "${told[@]}" --no-execute-changeset >"$work/said" 2>&1 ||
        die "no change set can be made for $stack_name in $stack_region" "$(cat "$work/said")"
    made=$(sed -n 's/^.*\(arn:[^ ]*:changeSet\/[^ ]*\).*$/\1/p' "$work/said" | sed q)
}

# Shows what would change.
look_at_change() {
    if [[ $unknown ]]; then
        say "$stack_name in $stack_region: can be looked at once $unknown is known"
        unknown=''
        return
    fi
    make_change_set
    if [[ -z $made ]]; then
        say "$stack_name in $stack_region: unchanged"
        return
    fi
    say "$stack_name in $stack_region: $made"
    aws cloudformation describe-change-set --region "$stack_region" --stack-name "$stack_name" --change-set-name "$made" --output table \
        --query 'Changes[].ResourceChange.{Action: Action, Id: LogicalResourceId, Type: ResourceType, Replacement: Replacement}'
}

# Whether a policy denies all that the deployed one does, but for what the stage acknowledges to lose. Otherwise the deployed one
# judges the change.
guards() { # WANTED FOUND
    local id
    # One that somebody set by hand says more than ids.
    if grep -q '"Condition"' <<<"$2" || { grep -q '"Deny"' <<<"$2" && ! grep -q LogicalResourceId/ <<<"$2"; }; then
        return 1
    fi
    # shellcheck disable=SC2013 # logical ids have no spaces
    for id in $(grep -o 'LogicalResourceId/[A-Za-z0-9]*' <<<"$2" | sed 's/^.*\///' | sort -u); do
        grep -qw "LogicalResourceId/$id" <<<"$1" || [[ $acknowledged == *" $id "* ]] || return 1
    done
}

# Stack policy and termination protection, as the stage says: before a stack changes, because the policy judges the change, and
# again once it is there. What protected it until now is taken away after the change, never before.
protect() { # before|after
    local open='{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}]}' wanted found='' word
    [[ -z $review ]] || return 0
    wanted=$open
    [[ -z $stack_policy ]] || wanted=$(cat "$stack_policy")
    if [[ -z $dry_run ]]; then
        found=$(aws cloudformation get-stack-policy --region "$stack_region" --stack-name "$stack_name" --query StackPolicyBody --output text)
        [[ $found != None ]] || found=''
    fi
    if [[ $1 == after ]] || guards "$wanted" "$found"; then
        if [[ $stack_policy && $found != "$wanted" ]]; then
            run aws cloudformation set-stack-policy --region "$stack_region" --stack-name "$stack_name" --stack-policy-body "file://$stack_policy"
        elif [[ -z $stack_policy && $found && $found != "$open" ]]; then
            note "$stack_name holds nothing that is protected any more; its policy allows everything"
            run aws cloudformation set-stack-policy --region "$stack_region" --stack-name "$stack_name" --stack-policy-body "$open"
        fi
    fi
    found=$(known "$stack_region" "$stack_name" protected)
    [[ $protected != "${found:-false}" ]] || return 0
    word=--enable-termination-protection
    if [[ $protected == false ]]; then
        [[ $1 == after ]] || return 0
        if [[ $unprotect != "$stage" ]]; then
            note "$stack_name is protected, and the stage says it need not be: to lift that, --unprotect $stage"
            return
        fi
        word=--no-enable-termination-protection
    fi
    run aws cloudformation update-termination-protection --region "$stack_region" --stack-name "$stack_name" "$word" >&3
    [[ $dry_run ]] || look "$stack_region" "$stack_name"
}

# ---------------------------------------------------------------------------------------------------------------------
# What is done around stacks.

bootstrap() { # REGION…
    local region
    for region in "$@"; do
        in_region "$region" "$project-bootstrap" "../_bootstrap/$region.yaml"
        capability CAPABILITY_IAM
        ready
        if exists && [[ $lifetime == ephemeral ]]; then
            say "$stack_name in $region: there" # a branch that is behind must not take it back
            continue
        fi
        overrides=()
        local tags=("project=$project")
        change
    done
    deploy_role=$(output "$home" "$project-bootstrap" DeployRole)
}

# Stops where a secret has no value. The values are not looked at.
secrets() { # required|optional ssm|secrets_manager WHERE NAME…
    secrets_in "$home" "$@"
}

# The same in a region, whose stacks find only what is kept there.
secrets_in() { # REGION required|optional ssm|secrets_manager WHERE NAME…
    local region=$1 needed=$2 store=$3 where=$4 by="reggie-cfn secrets $stage" there found name missing=()
    shift 4
    there=$where
    [[ $region == "$home" ]] || there="$where in $region" by="$by --region $region"
    [[ -z $dry_run ]] || return 0
    if [[ $store == ssm ]]; then
        found=$(aws ssm get-parameters-by-path --region "$region" --path "$where" --query 'Parameters[].Name' --output text) ||
            die "the parameters below $there cannot be listed"
        found=$(tr '\t' '\n' <<<"$found" | sed "s|^$where/||")
    else
        # Only names leave the pipe.
        found=$(aws secretsmanager get-secret-value --region "$region" --secret-id "$where" --query SecretString --output text 2>"$work/said" |
            { grep -oE '"[A-Za-z0-9]+" *:' || true; } | tr -d '": ') ||
            grep -q ResourceNotFound "$work/said" || die "the secret $there cannot be read" "$(cat "$work/said")"
    fi
    for name in "$@"; do
        grep -qxF "$name" <<<"$found" || missing+=("$name")
    done
    if [[ -z ${missing[*]-} ]]; then
        say "$there: all $# have a value"
    elif [[ $needed == optional ]]; then
        note "without a value, which is allowed: ${missing[*]}"
    else
        die "without a value in $there: ${missing[*]}" "\`$by\` says what they are for and how each is set"
    fi
}

# The texts that the stage asks for, each with the first stack that takes it: one that is not there yet has no value to keep.
inputs() { # NAME[:REGION:STACK]…
    local each name region stack
    for each in "$@"; do
        IFS=: read -r name region stack <<<"$each"
        [[ -z $(input "$name") && -z $dry_run ]] || continue
        [[ -z $stack || $review || $(known "$region" "$stack" status) ]] ||
            die "the input $name is missing" "give it with --inputs FILE: a line $name=value"
        note "the input $name is not given: what is deployed keeps the value that it has"
    done
}

# The release that --rollback names.
former() {
    [[ $rollback ]] || return 0
    given=$state/rollback.json
    if [[ $dry_run ]]; then
        run aws s3 cp "s3://artifacts/$project/releases/$stage/$rollback.json" "$given"
        return
    fi
    make_state
    aws s3 cp --region "$home" --only-show-errors "s3://$(artifacts)/$project/releases/$stage/$rollback.json" "$given" ||
        die "there is no release $rollback of $stage" 'deploy.sh --releases lists them'
    release_file=$given
}

# Those of a release that were not given, as $missing.
not_given() { # COMPONENT:NAME…
    local each
    missing=()
    for each in "$@"; do
        [[ $(value_in "$given" "${each#*:}") ]] || missing+=("$each")
    done
    [[ ${missing[*]-} && -z $review ]] || return 0
    [[ -z $rollback || $dry_run ]] ||
        die "the release $rollback has no ${missing[*]#*:}" 'components came after it: it cannot be brought back with these templates'
    [[ $dry_run ]] || by_reggie_cfn ||
        die "there is no release of ${missing[*]#*:}" 'give it with --release FILE, or put reggie-cfn on the PATH, which makes it'
}

# Sites whose builds ask for what this deploy makes: that they can be packaged then is asked before anything changes.
later() { # COMPONENT:NAME…
    not_given "$@"
    late=(${missing[@]+"${missing[@]%%:*}"})
}

# The values of a release, packaged where they are not given.
release() { # COMPONENT:NAME…
    local options=() each
    if [[ $review ]]; then
        [[ $given ]] || note 'without --release FILE, what is deployed keeps its release'
        return
    fi
    not_given "$@"
    [[ ${missing[*]-} && -z $rollback ]] || return 0
    [[ -z $given ]] || options+=(--release "$given")
    [[ -z $inputs_file ]] || options+=(--inputs "$inputs_file")
    [[ -z $build ]] || options+=(--build)
    for each in ${late[@]+"${late[@]}"}; do
        [[ " ${missing[*]%%:*} " == *" $each "* ]] || options+=(--later "$each")
    done
    run reggie-cfn --project "$root" package "$stage" "${missing[@]%%:*}" ${options[@]+"${options[@]}"} ||
        die 'the release is not made' 'nothing of it is deployed; mend what is said above and run this again'
    release_file=$state/release.json
}

# Certificates wait for records: their stacks are started, and waited for while the records are set. What somebody else's run started
# may be of other names, so that it is looked at again when it is done.
certificates() {
    local key again=yes started=''
    while [[ $again ]]; do
        again=''
        for key in "${certificate_stacks[@]}"; do
            describe "$key"
            if [[ $review || $dry_run ]]; then
                fill
                change
                protect after
                continue
            fi
            look "$stack_region" "$stack_name"
            came=$(known "$stack_region" "$stack_name" status)
            if [[ $came == CREATE_IN_PROGRESS || $came == UPDATE_IN_PROGRESS ]]; then
                again=yes
                continue
            fi
            ready
            if exists; then protect before; fi
            fill
            arguments
            make_change_set
            [[ $made ]] || continue
            aws cloudformation execute-change-set --region "$stack_region" --stack-name "$stack_name" --change-set-name "$made"
            started="$started $key "
        done
        [[ -z $review$dry_run ]] || break
        wait_for_certificates "$started"
    done
    if [[ $dry_run ]]; then set_records validation; fi
    [[ -z $review$dry_run ]] || return 0
    for key in "${certificate_stacks[@]}"; do
        describe "$key"
        protect after
        say "$stack_name in $stack_region: issued"
    done
}

wait_for_certificates() { # STARTED
    local key open waited=0
    : >"$work/asked"
    : >"$work/why" # what is still in the way
    while :; do
        open=''
        for key in "${certificate_stacks[@]}"; do
            describe "$key"
            look "$stack_region" "$stack_name"
            came=$(known "$stack_region" "$stack_name" status)
            case $came in
                CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_COMPLETE_CLEANUP_IN_PROGRESS | IMPORT_COMPLETE) ;;
                *_IN_PROGRESS) open="$open $key" ;;
                *)
                    # One that was not touched may stand as an earlier change left it.
                    if [[ $came != UPDATE_ROLLBACK_COMPLETE || $1 == *" $key "* ]]; then
                        reasons "$stack_region" "$stack_name"
                        die "$stack_name in $stack_region is ${came:-gone}" 'mend what is said above and run this again'
                    fi
                    ;;
            esac
        done
        [[ $open ]] || return 0
        # What ACM says changes while certificates are made.
        if ask_certificates && ! cmp -s "$work/certificates" "$work/asked" && set_records validation; then
            cp "$work/certificates" "$work/asked"
        fi
        ((waited < patience)) || cat "$work/why" >&2
        ((waited < patience)) || die "certificates are not issued after $patience seconds" \
            'are their records set, in the zone that the world asks? ACM waits for 72 hours; run this again: it goes on from here.' \
            'If their names are wrong, delete the stack: it holds nothing yet.'
        if ((waited % 300 <= poll)); then
            say "waiting for certificates of$open"
            if ((waited > poll)); then
                print_records validation
                cat "$work/why" >&2
                [[ ! -d $here/../_zones ]] || note "those that several stages need are set by \`reggie-cfn dns resolve _zones\`"
            fi
        fi
        sleep "$poll"
        waited=$((waited + poll + 1))
    done
}

# Calls a function of a stack, and stops if it fails.
invoke() { # STACK LOGICAL_ID
    local function answer
    [[ -z $review ]] || return 0
    if [[ $rollback ]]; then
        note "$2 is not called: what it did to data stays"
        return
    fi
    describe "$1"
    function=$(physical_id "$stack_region" "$stack_name" "$2")
    [[ $function ]] || die "$stack_name in $stack_region has no function $2" 'the files are of two builds: run `reggie-cfn build` again'
    if [[ $dry_run ]]; then
        run aws lambda invoke --region "$stack_region" --function-name "$function" "$state/aws/$2.json"
        return
    fi
    make_state
    say "$2: called"
    answer=$(AWS_MAX_ATTEMPTS=1 aws lambda invoke --region "$stack_region" --function-name "$function" --cli-read-timeout 910 --log-type Tail \
        --query '[FunctionError, LogResult]' --output text "$state/aws/$2.json") || die "$2 could not be called" 'run this again: it is called again'
    if [[ $answer != None* ]]; then
        cut -f 2 <<<"$answer" | sed '/^None$/d' | base64 --decode 2>/dev/null | sed 's/^/  /' >&2 || true
        sed -e 's/^/  /' -e 20q "$state/aws/$2.json" >&2
        printf '\n' >&2
        die "$2 failed: ${answer%%[[:space:]]*}" 'nothing after it was deployed; mend the cause and run this again: it is called again'
    fi
    say "$2: done"
}

# What a site is brought with: `site` says where its files go, in these words.
files_of() { # RELEASE NAME, REGION STACK OUTPUT
    site_release=$1 site_region=$2 site_stack=$3 site_bucket=$4 site_table='' distribution=''
}
files_in() { # RELEASE BUCKET
    site_release=$1 site_region='' site_stack='' site_bucket=$2 site_table='' distribution=''
}
tags_in() { site_table=$1; }
served_by() { distribution="$1 $2 $3"; }

artifacts() { output "$home" "$project-bootstrap" ArtifactBucket; }

# A line that is kept in the artifact bucket, so that what is done is not done again.
kept() { # NAME
    aws s3 cp --region "$home" "s3://$(artifacts)/$project/deployed/$stage/$1" - 2>/dev/null || true
}
keep() { # NAME LINE
    printf '%s\n' "$2" | run aws s3 cp --region "$home" --only-show-errors - "s3://$(artifacts)/$project/deployed/$stage/$1"
}

# Brings the files of a site's release to its bucket: `first` those whose names no other release has, before the site's functions
# change, `last` all others, after.
bring() { # first|last SITE
    local build_of bucket from key
    [[ -z $review ]] || return 0
    site "$2"
    build_of=$(released "$site_release")
    if [[ $dry_run ]]; then
        run aws s3 cp --recursive "s3://artifacts/$project/$2/${build_of:-$site_release}/files/$1/" "s3://$2/"
        return
    fi
    # Without a release in hand, that of the stack stays.
    [[ $build_of ]] || return 0
    bucket=$site_bucket
    [[ -z $site_stack ]] || bucket=$(output "$site_region" "$site_stack" "$site_bucket")
    [[ $bucket ]] || return 0 # before its stack is made
    [[ $(kept "$2") != "$build_of $bucket" ]] || return 0
    from=$project/$2/$build_of
    aws s3api head-object --region "$home" --bucket "$(artifacts)" --key "$from/listing.txt" >/dev/null 2>&1 ||
        die "the release $build_of of $2 is not in the bucket of artifacts" "package it: reggie-cfn package $stage $2"
    # Until it is whole it is no release's, so that going back brings everything back.
    keep "$2" unfinished
    keep "$2.invalidated" unfinished
    [[ $site_first == *" $2 "* ]] || copy "$from/files/first/" "$bucket"
    site_first="$site_first $2 "
    [[ $1 == first ]] || copy "$from/files/last/" "$bucket"
    [[ -z $site_table ]] || seed "$from/tags/"
    [[ $1 == first ]] || keep "$2" "$build_of $bucket"
    say "$2: files of ${build_of:0:12} are in $bucket"
}

# Copies objects with what is said of them. In parts, the CLI of version 1 would lose that, so larger ones are copied one by one.
copy() { # FROM BUCKET
    local key
    aws s3 cp --region "$home" --recursive --only-show-errors "s3://$(artifacts)/$1" "s3://$2/"
    aws s3api list-objects-v2 --region "$home" --bucket "$(artifacts)" --prefix "$1" --output text \
        --query 'Contents[?Size>=`8388608`].[Key]' | sed '/^None$/d' >"$work/large"
    while IFS= read -r key; do
        aws s3api copy-object --region "$home" --bucket "$2" --copy-source "$(artifacts)/$key" --key "${key#"$1"}" </dev/null >/dev/null
    done <"$work/large"
}

# Fills the table of tags: what is written again is the same.
seed() { # FROM
    local key table left
    table=$(physical_id "$site_region" "$site_stack" "$site_table")
    [[ $table ]] || die "$site_stack in $site_region has no table $site_table" 'the files are of two builds: run `reggie-cfn build` again'
    aws s3api list-objects-v2 --region "$home" --bucket "$(artifacts)" --prefix "$1" --query 'Contents[].[Key]' --output text |
        sed '/^None$/d' >"$work/rows"
    while IFS= read -r key; do
        { printf '{"%s": ' "$table" && aws s3 cp --region "$home" "s3://$(artifacts)/$key" - </dev/null && printf '}'; } >"$work/batch"
        while :; do
            left=$(aws dynamodb batch-write-item --region "$site_region" --request-items "file://$work/batch" --query UnprocessedItems --output json </dev/null)
            [[ $left == *PutRequest* ]] || break
            printf '%s' "$left" >"$work/batch"
            sleep 1
        done
    done <"$work/rows"
}

# Lets CloudFront ask anew, where the site or its distribution changed since it last did.
invalidate() { # SITE
    local region stack key id line
    [[ -z $review ]] || return 0
    site "$1"
    read -r region stack key <<<"$distribution"
    id=$(output "$region" "$stack" "$key")
    [[ $id ]] || return 0
    if [[ $dry_run ]]; then
        run aws cloudfront create-invalidation --region "$home" --distribution-id "$id" --paths '/*'
        return
    fi
    line="$id $(known "$region" "$stack" since) $(released "$site_release")"
    [[ $(kept "$1.invalidated") != "$line" ]] || return 0
    aws cloudfront create-invalidation --region "$home" --distribution-id "$id" --paths '/*' --query Invalidation.Id --output text >/dev/null
    keep "$1.invalidated" "$line"
    say "$1: CloudFront asks anew"
}

records() {
    [[ -z $review ]] || return 0
    set_records all
}

# Whether what others run answers.
check() { # COMPONENT URL STATUS
    local found
    [[ -z $review$dry_run ]] || return 0
    command -v curl >/dev/null 2>&1 || { note "$1 is not asked: there is no curl" && return; }
    found=$(curl --silent --output /dev/null --max-time 20 --retry 3 --write-out '%{http_code}' "$2") || true
    [[ $found == "$3" ]] || die "$1 answers $found at $2, not $3" 'the stage is deployed; see what is wrong there'
    say "$1: $found"
}

# Keeps the release, so that it can be brought back, and says what else is there.
finish() {
    local last found region name
    [[ -z $review$dry_run ]] || return 0
    if [[ $release_file && ! $rollback ]]; then
        last=$(aws s3api list-objects-v2 --region "$home" --bucket "$(artifacts)" --prefix "$project/releases/$stage/" --query 'Contents[].[Key]' --output text | tail -n 1)
        if [[ -z $last || $last == None ]] || ! aws s3 cp --region "$home" "s3://$(artifacts)/$last" - 2>/dev/null | cmp -s - "$release_file"; then
            name=$(date -u +%Y%m%dT%H%M%SZ)
            aws s3 cp --region "$home" --only-show-errors "$release_file" "s3://$(artifacts)/$project/releases/$stage/$name.json"
            say "this release is $name; to bring it back: deploy.sh --rollback $name"
        fi
    fi
    for region in $(regions_with_stacks); do
        found=$(aws cloudformation describe-stacks --region "$region" --output text \
            --query "Stacks[?Tags[?Key=='project' && Value=='$project'] && Tags[?Key=='stage' && Value=='$stage']].[StackName]")
        for name in $found; do
            [[ $name == None || $(key_of "$region" "$name") ]] || note "$name in $region is a stack of $stage that it no longer has; if nothing of it is needed:" \
                "aws cloudformation delete-stack --region $region --stack-name $name"
        done
    done
}

publish() { # LABEL REGION STACK OUTPUT
    [[ -z $review$dry_run ]] || return 0
    say "$1: $(output "$2" "$3" "$4")"
}

list_releases() {
    local found
    check_account
    found=$(aws s3api list-objects-v2 --region "$home" --bucket "$(artifacts)" --prefix "$project/releases/$stage/" --query 'Contents[].[Key]' --output text)
    if [[ -z $found || $found == None ]]; then
        say "$stage has no finished deploy yet"
    else
        sed -e 's/^.*\///' -e 's/\.json$//' <<<"$found"
    fi
}

main() {
    local file list=''
    exec 3>/dev/null
    while (($#)); do
        case $1 in
            --release | --inputs | --rollback | --unprotect | --adopt | --delete | --allow-delete) (($# > 1)) || die "$1 needs a value" 'see --help' ;;
        esac
        case $1 in
            --release) given=$2 && shift ;;
            --inputs) inputs_file=$2 && shift ;;
            --rollback) rollback=$2 && shift ;;
            --unprotect) unprotect=$2 && shift ;;
            --adopt | --delete | --allow-delete) dns_options+=("$1" "$2") && shift ;;
            --build) build=yes ;;
            --dry-run) dry_run=yes && exec 3>&1 ;;
            --review) review=yes ;;
            --releases) list=yes ;;
            -h | --help)
                usage
                exit 0
                ;;
            *)
                usage >&2
                exit 2
                ;;
        esac
        shift
    done
    for file in "$given" "$inputs_file"; do
        [[ -z $file || -r $file ]] || die "$file cannot be read"
    done
    [[ -z $rollback || -z $given ]] || die 'a release comes from --release or from --rollback, not from both'
    release_file=$given
    if [[ $list ]]; then
        dry_run=''
        list_releases
        exit 0
    fi
    steps
    now=''
    if [[ $dry_run ]]; then
        printf '%s: nothing was done\n' "$stage"
    elif [[ $review ]]; then
        printf '%s: nothing was changed; a change set can be executed in the console, or deleted\n' "$stage"
    else
        printf '%s is deployed\n' "$stage"
    fi
}
