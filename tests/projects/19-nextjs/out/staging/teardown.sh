#!/usr/bin/env bash
# Made by reggie-cfn from environments/base.yaml, environments/staging.yaml.
# Do not edit: change those files and run `reggie-cfn build`.
#
# shellcheck source-path=SCRIPTDIR disable=SC2034 # ../_bootstrap/ says how things are done, with what is set here
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

project=maps
stage=staging
account=123456789012
lifetime=permanent
home=eu-west-1
regions=(eu-west-1 us-east-1)
stacks=(certificates.us-east-1 network data app edge.us-east-1 web-handbook web-shop web-staff after)
certificate_stacks=(certificates.us-east-1)
zones=('cloudflare maps.example')
# host, and the region, stack and output of what it leads to
hosts=(
    'staging.maps.example eu-west-1 maps-staging-web-shop ShopDnsTarget proxied'
    'docs.staging.maps.example eu-west-1 maps-staging-web-handbook HandbookDnsTarget proxied'
    'staff.staging.maps.example eu-west-1 maps-staging-web-staff StaffDnsTarget proxied'
)
is_protected=''

usage() {
    cat <<'END'
teardown.sh staging: deletes staging. Hosts go first, then stacks, last ones first. What the stage retains stays, and is listed.

    --unprotect staging
                        lift termination protection and deletion protection; without it, what is protected is refused
    --records-gone      the records of its hosts are deleted already
    --delete NAME, --allow-delete N
                        for records: see `reggie-cfn dns diff --help`
    --dry-run           print what would be called; nothing is asked, nothing changes, and no credentials are needed

It may be run again at any time, and goes on where it stopped. Code at the edge of CloudFront can be deleted some hours after its
distribution: then it ends with 3, and is run once more.
END
}

# What is done, in this order.
steps() {
    step 'Account'
    check_account
    agree
    step 'Records'
    take_hosts
    step 'Stacks'
    remove after
    remove web-staff
    remove web-shop
    remove web-handbook
    remove edge.us-east-1
    remove app
    remove data
    remove network
    remove certificates.us-east-1
    others
    forget
}

# What each stack needs before it can be deleted.
describe() { # STACK
    case $1 in
        after)
            in_region eu-west-1 maps-staging-after
            ;;
        web-staff)
            in_region eu-west-1 maps-staging-web-staff
            empties StaffBucket
            ;;
        web-shop)
            in_region eu-west-1 maps-staging-web-shop
            empties ShopBucket
            ;;
        web-handbook)
            in_region eu-west-1 maps-staging-web-handbook
            empties HandbookBucket
            ;;
        edge.us-east-1)
            in_region us-east-1 maps-staging-edge
            keeps ShopSignerRole AWS::IAM::Role
            keeps ShopSigner AWS::Lambda::Function
            leaves_replicas
            ;;
        app)
            in_region eu-west-1 maps-staging-app
            ;;
        data)
            in_region eu-west-1 maps-staging-data
            ;;
        network)
            in_region eu-west-1 maps-staging-network
            ;;
        certificates.us-east-1)
            in_region us-east-1 maps-staging-certificates
            ;;
    esac
}

# shellcheck source=../_bootstrap/teardown.sh
source "$here/../_bootstrap/teardown.sh"
main "$@"
