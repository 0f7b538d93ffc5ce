#!/usr/bin/env bash
# Made by reggie-cfn, the same for every project.
# Do not edit: run `reggie-cfn build`.
#
# How records are set: `zones` and `hosts` of a stage say what is wanted, and `reggie-cfn dns` what that means for a zone as it is.
#
# shellcheck shell=bash
# shellcheck disable=SC2154 # a stage's script says what its stage is
# shellcheck disable=SC2034 # what is set here is used there

cloudflare() { # PATH [OPTION OF CURL…]
    local path=$1
    shift
    # The token is not among the arguments, which all users of a machine see.
    printf 'Authorization: Bearer %s\n' "$CLOUDFLARE_TOKEN" |
        curl --silent --show-error --fail-with-body --max-time 120 --header @- "$@" "${CLOUDFLARE_API_URL:-https://api.cloudflare.com/client/v4}/$path"
}

# What a zone holds and how it is set, into files below $state/live.
ask_cloudflare() { # ZONE
    local answer page=1 pages=1 what
    answer=$(cloudflare "zones?name=$1") || die "Cloudflare does not say which zone $1 is: $answer"
    zone_id=$(tr -d '\n' <<<"$answer" | sed -n 's/^.*"result": *\[ *{ *"id": *"\([0-9a-f]\{32\}\)".*$/\1/p')
    [[ $zone_id ]] || die "the token knows no zone $1 at Cloudflare" 'CLOUDFLARE_TOKEN must let its DNS be read and edited'
    mkdir -p "$state/live"
    rm -f "$state/live/$1."*
    while ((page <= pages)); do
        answer=$(cloudflare "zones/$zone_id/dns_records?per_page=5000&page=$page") || die "the records of $1 cannot be read: $answer"
        printf '%s\n' "$answer" >>"$state/live/$1.json"
        pages=$(tr -d '\n' <<<"$answer" | sed -n 's/^.*"total_pages": *\([0-9][0-9]*\).*$/\1/p')
        page=$((page + 1))
    done
    # A token that may not read how the zone is set leaves that unchecked.
    for what in settings dnssec; do
        if answer=$(cloudflare "zones/$zone_id/$what" 2>&1); then
            printf '%s\n' "$answer" >"$state/live/$1.$what"
        fi
    done
}

# Makes a zone of Cloudflare what `reggie-cfn dns diff` lets through. $changed says whether there was anything to do.
apply_zone() { # ZONE [OPTION OF DIFF…]
    local zone=$1 settings=() call found=0
    shift
    ask_cloudflare "$zone"
    for call in "$state/live/$zone.settings" "$state/live/$zone.dnssec"; do
        [[ -e $call ]] && settings+=(--settings "$call")
    done
    reggie-cfn --project "$root" dns diff "$stage" --zone "$zone" --live "$state/live/$zone.json" \
        ${settings[@]+"${settings[@]}"} "$@" || found=$?
    changed=''
    case $found in
        0) return ;;
        3) changed=yes ;;
        *) die "the records of $zone stay as they are" 'nothing of them was changed; what is said above must be settled first' ;;
    esac
    reggie-cfn --project "$root" dns emit "$stage" --zone "$zone" --to cloudflare-batch >/dev/null ||
        die "what is to be changed in $zone cannot be written"
    for call in "$state/$zone.batch.json" "$state/$zone".[0-9]*-of-[0-9]*.batch.json; do
        [[ -e $call ]] || continue
        answer=$(cloudflare "zones/$zone_id/dns_records/batch" --header 'Content-Type: application/json' --data "@$call") ||
            die "Cloudflare refused to change $zone: $answer" 'of this call nothing was done'
        rm -f "$call"
        changed=sent
    done
    [[ $changed == sent ]] || die "what is to be changed in $zone was not written"
    say "$zone is set"
}


# The certificates of the stacks, each as REGION ARN; fails while one of them is not made yet.
certificate_arns() {
    local key arns arn count
    for key in ${certificate_stacks[@]+"${certificate_stacks[@]}"}; do
        describe "$key"
        arns=$(aws cloudformation describe-stack-resources --region "$stack_region" --stack-name "$stack_name" --output text \
            --query "StackResources[?ResourceType=='AWS::CertificateManager::Certificate' && ResourceStatus!='DELETE_COMPLETE'].PhysicalResourceId") || return 1
        count=$(grep -c '^    Type: AWS::CertificateManager::Certificate$' "$here/$key.yaml")
        for arn in $arns; do
            [[ $arn == arn:* ]] || return 1
            printf '%s %s\n' "$stack_region" "$arn"
            count=$((count - 1))
        done
        ((count <= 0)) || return 1
    done
}

# Keeps what ACM says of the certificates; fails while it does not say of each name how that is validated.
ask_certificates() {
    local region arn
    make_state
    certificate_arns >"$work/arns" 2>"$work/why" || return 1
    : >"$work/certificates"
    while read -r region arn; do
        aws acm describe-certificate --region "$region" --certificate-arn "$arn" </dev/null >"$work/certificate" 2>"$work/why" || return 1
        [[ $(grep -c '"ResourceRecord":' "$work/certificate") == $(grep -c '"ValidationMethod":' "$work/certificate") ]] || return 1
        cat "$work/certificate" >>"$work/certificates"
    done <"$work/arns"
    cp "$work/certificates" "$state/aws/certificates.json"
}

# The records that certificates and hosts need, for whoever sets them by hand.
print_records() { # validation|all
    local region arn each host name key how
    if certificate_arns >"$work/arns" && [[ -s $work/arns ]]; then
        say 'set these records, not proxied, and leave them: certificates renew by them'
        while read -r region arn; do
            aws acm describe-certificate --region "$region" --certificate-arn "$arn" --output text </dev/null \
                --query 'Certificate.DomainValidationOptions[?ResourceRecord].ResourceRecord.[Name, Type, Value]'
        done <"$work/arns" | sort -u | sed 's/^/      /'
    fi
    [[ $1 == all && ${hosts[*]-} ]] || return 0
    say 'set these records, which lead visitors here'
    for each in "${hosts[@]}"; do
        read -r host region name key how <<<"$each"
        printf '      %s\tCNAME\t%s\t%s\n' "$host" "$(output "$region" "$name" "$key")" "$how"
    done
}

# Sets the records of certificates, or all that the stage plans.
set_records() { # validation|all
    local each zone provider stacks=()
    [[ ${zones[*]-} ]] || return 0
    if [[ $dry_run ]]; then
        run reggie-cfn dns resolve "$stage" --certificates "$state/aws/certificates.json" --stacks "$state/aws/stacks.json" --phase "$1"
        for each in "${zones[@]}"; do
            [[ $each != cloudflare\ * ]] || run reggie-cfn dns diff "$stage" --zone "${each#* }" --live "$state/live/${each#* }.json"
            [[ $each != cloudflare\ * ]] || run reggie-cfn dns emit "$stage" --zone "${each#* }" --to cloudflare-batch
        done
        return
    fi
    if ! by_reggie_cfn; then
        print_records "$1"
        return
    fi
    make_state
    if [[ $1 == all ]]; then
        [[ -z ${certificate_stacks[*]-} ]] || ask_certificates || die 'ACM does not say how the certificates are validated' 'run this again in a minute'
        : >"$work/stacks"
        for each in ${hosts[@]+"${hosts[@]}"}; do
            read -r _ region name _ <<<"$each"
            printf '%s %s\n' "$region" "$name"
        done | sort -u >"$work/named"
        while read -r region name; do
            aws cloudformation describe-stacks --region "$region" --stack-name "$name" >>"$work/stacks" </dev/null
        done <"$work/named"
        # A stage of certificates alone has no host.
        if [[ -s $work/stacks ]]; then
            cp "$work/stacks" "$state/aws/stacks.json"
            stacks=(--stacks "$state/aws/stacks.json")
        fi
    fi
    [[ -z ${certificate_stacks[*]-} ]] || stacks+=(--certificates "$state/aws/certificates.json")
    reggie-cfn --project "$root" dns resolve "$stage" ${stacks[@]+"${stacks[@]}"} --phase "$1" >"$work/said" 2>&1 || {
        # While certificates are made, ACM may not have said all of it.
        cp "$work/said" "$work/why"
        [[ $1 == all ]] || return 1
        cat "$work/said" >&2
        die 'the records are not known' 'what is said above must be settled first; then run this again'
    }
    for each in "${zones[@]}"; do
        read -r provider zone <<<"$each"
        if [[ $provider == cloudflare && ${CLOUDFLARE_TOKEN:-} ]]; then
            apply_zone "$zone" ${dns_options[@]+"${dns_options[@]}"}
        else
            [[ $provider != cloudflare ]] || note "CLOUDFLARE_TOKEN is not set: the records of $zone are yours to set"
            reggie-cfn --project "$root" dns emit "$stage" --zone "$zone" --to list || die "the records of $zone cannot be listed"
        fi
    done
}
